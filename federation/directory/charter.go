package directory

import (
	"cmp"
	"context"
	"slices"

	"praxis/models"
)

// Charter gives the text of what a Group elsewhere agreed on, byte for byte as its host has it now, since digests name it, with its address.
// Errors: NotFound without a charter, Invalid for a document that is none of it, Unavailable.
func (d *Directory) Charter(ctx context.Context, group *models.Actor) (said, address string, err error) {
	ctx = budgeted(ctx)
	if address, err = d.charterAddress(ctx, group); err != nil {
		return "", "", err
	}
	object, err := d.FetchObject(ctx, address)
	if err != nil {
		return "", "", err
	}
	if !slices.Contains(object.AttributedTo, group.URI) {
		return "", "", models.Errorf(models.Invalid, "%s is no charter of %s", address, group.URI)
	}
	if object.Source != nil {
		return object.Source.Content, address, nil
	}
	return object.Content, address, nil
}

// charterAddress gives where a Group has its charter. What is known of it may be older than that.
func (d *Directory) charterAddress(ctx context.Context, group *models.Actor) (string, error) {
	for _, refresh := range []bool{false, true} {
		if refresh {
			if _, err := d.Refresh(ctx, group.URI); err != nil {
				return "", err
			}
		}
		row, err := d.store.Read(ctx).CommunityIfAny(group.ID)
		if err != nil {
			return "", err
		}
		if row != nil && row.CharterSource != "" {
			return row.CharterSource, nil
		}
	}
	return "", models.Errorf(models.NotFound, "%s has no charter", cmp.Or(group.DisplayName, group.URI))
}
