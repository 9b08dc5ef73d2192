package directory

import (
	"context"
	"slices"
	"time"

	"praxis/models"
)

// How long is believed that two Groups elsewhere name each other, or do not.
const (
	kinFresh   = 6 * time.Hour
	noKinFresh = time.Hour
)

// AreKin asks two Groups elsewhere whether they name each other as siblings, each its own host, and gives the other one. What they said
// counts for some hours. Errors: Unavailable when one of them cannot be asked now.
func (d *Directory) AreKin(ctx context.Context, one *models.Actor, otherURI string) (other *models.Actor, mutual bool, err error) {
	if d.links.IsOurs(otherURI) || one.Local || one.URI == otherURI {
		return nil, false, nil
	}
	ctx = budgeted(ctx)
	known, err := d.store.Read(ctx).Kin(one.URI, otherURI)
	if err != nil && !models.IsNotFound(err) {
		return nil, false, err
	}
	if err == nil {
		age, fresh := d.store.Now().Sub(known.CheckedAt.Time()), noKinFresh
		if known.Mutual {
			fresh = kinFresh
		}
		if age < fresh {
			return d.kin(ctx, otherURI, known.Mutual)
		}
	}
	if mutual, err = d.nameEachOther(ctx, one, otherURI); err != nil {
		return nil, false, err
	}
	if mutual || known != nil {
		err = d.store.Tx(ctx, func(tx *models.Tx) error { return tx.SaveKin(one.URI, otherURI, mutual) })
	}
	if err != nil {
		return nil, false, err
	}
	return d.kin(ctx, otherURI, mutual)
}

func (d *Directory) kin(ctx context.Context, uri string, mutual bool) (*models.Actor, bool, error) {
	if !mutual {
		return nil, false, nil
	}
	other, err := d.store.Read(ctx).ActorByURI(uri)
	return other, err == nil, err
}

// nameEachOther asks the one first: whom it does not name is not asked at all, so that nobody can send us anywhere.
func (d *Directory) nameEachOther(ctx context.Context, one *models.Actor, otherURI string) (bool, error) {
	listed, _, err := d.listOf(ctx, one)
	if err != nil || !slices.Contains(listed, otherURI) {
		return false, err
	}
	other, err := d.Actor(ctx, otherURI)
	if err != nil {
		if IsTemporary(err) {
			return false, err
		}
		return false, nil
	}
	if !other.IsCommunity() || other.IsGone() || other.URI != otherURI {
		return false, nil
	}
	back, _, err := d.listOf(ctx, other)
	return slices.Contains(back, one.URI), err
}

// listOf is Siblings, asked of each Group once in a while: what a Group passes on must not make us ask for its list each time.
func (d *Directory) listOf(ctx context.Context, group *models.Actor) ([]string, bool, error) {
	d.mu.Lock()
	said, ok := d.lists[group.ID]
	d.mu.Unlock()
	if ok && d.store.Now().Sub(said.at) < noKinFresh {
		return said.uris, said.known, nil
	}
	uris, known, err := d.Siblings(ctx, group)
	if err != nil {
		return nil, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lists == nil || len(d.lists) >= maxRefused {
		d.lists = map[int64]siblingList{}
	}
	d.lists[group.ID] = siblingList{uris, known, d.store.Now()}
	return uris, known, nil
}

// siblingList is whom a Group named, and when.
type siblingList struct {
	uris  []string
	known bool
	at    time.Time
}
