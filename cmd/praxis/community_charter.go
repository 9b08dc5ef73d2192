package main

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"praxis/cmd/app"
	"praxis/internal/text"
	"praxis/practice"
)

type siblingCharterCommand struct {
	siblingName `embed:""`
	Accept      string `help:"Take the charter over that they offer: the digest of the text, as it was shown." placeholder:"DIGEST"`
}

// Run shows what differs, or takes the charter over.
func (s *siblingCharterCommand) Run(ctx context.Context, std *streams, c *cli) error {
	return c.with(ctx, std, func(a *app.App) error {
		community, row, err := s.find(ctx, a)
		if err != nil {
			return err
		}
		if s.Accept != "" {
			if row, err = a.Service.TakeCharter(ctx, nil, community, row.ID, strings.ToLower(s.Accept)); err != nil {
				return err
			}
			return s.did(ctx, std, a, community, row)
		}
		read, err := a.Service.ReadTheirCharter(ctx, nil, community, row.ID)
		if err != nil {
			return err
		}
		return s.tell(std, read, func() error { return showCharters(std, read) })
	})
}

func showCharters(std *streams, read *practice.TheirCharter) error {
	marks := map[string]string{text.LineSame: " ", text.LineOld: "-", text.LineNew: "+"}
	fmt.Fprintf(std.out, "- ours\n+ %s, %s\n", read.Sibling, read.URL)
	for _, line := range read.Changes {
		fmt.Fprintln(std.out, strings.TrimRight(marks[line.Kind]+" "+printable(line.Text), " "))
	}
	said := "digest " + read.Digest
	if read.Offered {
		said += ", offered: praxis community sibling charter … --accept DIGEST takes it over"
	}
	_, err := fmt.Fprintln(std.out, said)
	return err
}

// printable leaves out what would move the cursor of a terminal, or turn what is written around.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, line)
}
