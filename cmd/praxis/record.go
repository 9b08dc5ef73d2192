package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

type recordCommand struct {
	Verify recordVerifyCommand `cmd:"" help:"Verify a record of contributions, without asking any server."`
	Page   recordPageCommand   `cmd:"" help:"Write a record of contributions as a page that prints well."`
}

// maxRecord is how large a file is read.
const maxRecord = vocab.MaxBytes

type recordVerifyCommand struct {
	File  string   `arg:"" help:"The record; - reads stdin."`
	Key   []string `help:"A key that is known from elsewhere: its id, =, and publicKeyMultibase." placeholder:"ID=z6Mk..."`
	Actor []string `help:"A saved document of an actor, whose keys count." placeholder:"FILE"`
}

// errUnverified makes the command end with 1.
var errUnverified = errors.New("the record is not what its proofs cover")

// Run verifies a record.
func (v *recordVerifyCommand) Run(ctx context.Context, std *streams) error {
	raw, err := readLimited(std, v.File)
	if err != nil {
		return err
	}
	trusted, err := v.trusted(std)
	if err != nil {
		return err
	}
	report, err := practice.CheckRecord(ctx, raw, trusted, time.Now())
	if err != nil {
		return usage("%s", models.ErrorMessage(err))
	}
	if err := sayRecord(std.out, report); err != nil {
		return err
	}
	if !report.IsGood() {
		return errUnverified
	}
	return nil
}

func (v *recordVerifyCommand) trusted(std *streams) (map[string]string, error) {
	keys := map[string]string{}
	for _, given := range v.Key {
		id, key, ok := strings.Cut(given, "=")
		if !ok {
			return nil, usage("--key %q is no id and key: write ID=z6Mk...", given)
		}
		keys[id] = key
	}
	for _, file := range v.Actor {
		raw, err := readLimited(std, file)
		if err != nil {
			return nil, err
		}
		actor, err := vocab.DecodeActor(raw)
		if err != nil {
			return nil, usage("%s is no document of an actor: %v", file, err)
		}
		for _, key := range actor.AssertionMethods {
			keys[key.ID] = key.PublicKeyMultibase
		}
	}
	return keys, nil
}

func readLimited(std *streams, name string) ([]byte, error) {
	in := std.in
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // the file that the caller names
		if err != nil {
			return nil, usage("%w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxRecord+1))
	if err == nil && len(raw) > maxRecord {
		err = usage("%s is larger than %d bytes", name, maxRecord)
	}
	return raw, err
}

// sayRecord says in a table what can be believed of a record.
func sayRecord(w io.Writer, report *practice.RecordReport) error {
	fmt.Fprintf(w, "%s (%s), made %s at %s\n", report.Record.Name, report.Record.Handle, report.Record.Made, report.Record.Host)
	switch {
	case report.Problem != "":
		fmt.Fprintln(w, "whole: NOT PROVED: "+report.Problem)
	case report.Vouched:
		fmt.Fprintln(w, "whole: proved by "+report.Key.Owner+" with the key that you gave")
	default:
		fmt.Fprintf(w, "whole: proved by %s with the key %s, which the record itself names: compare it\n", report.Key.Owner, report.Key.Key)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := range report.Parts {
		part := &report.Parts[i]
		proved := "proved by the community"
		if part.Problem != "" {
			proved = "not proved by the community: " + part.Problem
		}
		fmt.Fprintf(table, "%s\t%d contributions\t%s\n", part.Part.Community, len(part.Part.Items), proved)
	}
	return table.Flush()
}

type recordPageCommand struct {
	File string `arg:"" help:"The record; - reads stdin."`
}

// Run writes the page.
func (p *recordPageCommand) Run(std *streams) error {
	raw, err := readLimited(std, p.File)
	if err != nil {
		return err
	}
	return practice.WriteRecordPage(std.out, raw)
}
