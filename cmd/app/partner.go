package app

import (
	"context"
	"io"

	"praxis/handlers/web"
)

// PrintPartner writes the agreement with a partner as a page that prints well. Errors: as practice.PartnerRecordOf.
func (a *App) PrintPartner(ctx context.Context, to io.Writer, host string) error {
	return web.WriteRecord(ctx, a.Service, host, to)
}
