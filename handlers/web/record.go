package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"praxis/federation/pact"
	"praxis/practice"
)

// WriteRecord writes the agreement with a partner as a page by itself that prints well. Errors: as practice.PartnerRecordOf.
func WriteRecord(ctx context.Context, service *practice.Service, host string, to io.Writer) error {
	data, err := recordOf(ctx, service, host)
	if err != nil {
		return err
	}
	return printPage.ExecuteTemplate(to, "record.html", data)
}

// recordOf puts an agreement together.
func recordOf(ctx context.Context, service *practice.Service, host string) (*record, error) {
	document, hash, err := service.PartnerRecordOf(ctx, host)
	if err != nil {
		return nil, err
	}
	sealed, err := pact.Read(document)
	if err != nil {
		return nil, err
	}
	view, err := service.ComparePartner(ctx, host)
	if err != nil {
		return nil, err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, document, "", "  "); err != nil {
		return nil, err
	}
	data := &record{
		Head: head{Title: "Agreement with " + view.Host, NoIndex: true}, Ours: service.Links().Host, Host: view.Host, State: string(view.State), Hash: hash,
		From: sealed.ValidFrom.Format("2 January 2006"), Until: sealed.ValidUntil.Format("2 January 2006"), Level: string(sealed.Level()),
		Parties: sealed.Parties, JSON: pretty.String(), Printed: service.Store().Now().UTC().Format("2 January 2006 15:04 UTC"),
	}
	for _, proof := range sealed.Proofs {
		data.Proofs = append(data.Proofs, string(proof))
	}
	if view.Compared {
		data.Words = view.Words
	}
	return data, nil
}
