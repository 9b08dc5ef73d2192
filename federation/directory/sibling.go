package directory

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// maxSiblings is how many siblings of a community are read.
const maxSiblings = 50

// Siblings asks a Group elsewhere whom it names as its siblings. Without a list that can be read, known is false. Errors: Unavailable.
func (d *Directory) Siblings(ctx context.Context, group *models.Actor) (listed []string, known bool, err error) {
	row, err := d.store.Read(ctx).CommunityIfAny(group.ID)
	if err != nil || row == nil || row.SiblingsURI == "" {
		return nil, false, err
	}
	doc, err := d.Document(ctx, row.SiblingsURI)
	if err != nil {
		if IsTemporary(err) {
			return nil, false, err
		}
		return nil, false, nil
	}
	list, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return nil, false, nil
	}
	for _, item := range list.Items[:min(len(list.Items), maxSiblings)] {
		listed = append(listed, item.ID)
	}
	return listed, true, nil
}
