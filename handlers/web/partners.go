package web

import (
	"bytes"
	"embed"
	"html/template"
	"io"

	"github.com/gorilla/mux"

	"praxis/federation/pact"
	"praxis/internal/hostlist"
)

// partnersPage names the partners that agreed to be named.
type partnersPage struct {
	Head     head
	Partners []partnerLine
}

type partnerLine struct {
	Host  string
	Until string
}

// partners shows with whom this organization has an agreement, as far as both want that known.
func (s *Server) partners(v *visit) error {
	rows, err := v.tx.PublicPartners()
	if err != nil {
		return err
	}
	data := partnersPage{Head: head{Title: "Partners", Address: s.links.Base + "/partners", Kind: "website", Social: true}}
	for i := range rows {
		data.Partners = append(data.Partners, partnerLine{rows[i].Host, rows[i].ValidUntil.Time().Format("2 January 2006")})
	}
	return s.show(v, "partners.html", data)
}

// partnerList is the same as a list that others subscribe to: one host a line, or JSON.
func (s *Server) partnerList(v *visit) error {
	rows, err := s.cfg.Service.PartnerList(v.r.Context())
	if err != nil {
		return err
	}
	format, kind := "plain", "text/plain; charset=utf-8"
	if mux.Vars(v.r)["form"] == "json" {
		format, kind = "json", "application/json; charset=utf-8"
	}
	var body bytes.Buffer
	if format == "plain" {
		err = hostlist.WriteAllows(&body, rows)
	} else {
		err = hostlist.Write(&body, format, rows)
	}
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Cache-Control", cachePublic)
	_, _ = body.WriteTo(v.w)
	return nil
}

// record is an agreement as it is shown and printed.
type record struct {
	Head    head
	Ours    string
	Host    string
	State   string
	Hash    string
	From    string
	Until   string
	Level   string
	Parties []pact.Terms
	Proofs  []string
	Words   []string
	JSON    string
	Printed string
}

// partnerRecord shows the agreement with a partner to those who may decide on partners; to all others there is none.
func (s *Server) partnerRecord(v *visit) error {
	if v.member == nil || s.cfg.Service.MayFederate(v.r.Context(), v.member) != nil {
		return errNotFound
	}
	data, err := recordOf(v.r.Context(), s.cfg.Service, mux.Vars(v.r)["host"])
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("format") == "json" {
		v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
		v.w.Header().Set("Cache-Control", cachePrivate)
		_, _ = io.WriteString(v.w, data.JSON)
		return nil
	}
	return s.show(v, "record.html", data)
}

//go:embed print/*.html templates/_record.html
var printed embed.FS

// printPage is the page of an agreement by itself, for a file.
var printPage = template.Must(template.ParseFS(printed, "print/record.html", "templates/_record.html"))
