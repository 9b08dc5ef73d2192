package directory

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// maxHolders is how many siblings are asked for a copy of one post.
const maxHolders = 3

// knownKeys are the keys that are known here already: who passes a copy on, or has the lost host's name by now, is asked for none.
type knownKeys struct{ d *Directory }

// Key gives a key that was learned while its host was there.
func (k knownKeys) Key(ctx context.Context, keyID string, _ bool) (*sign.Key, error) {
	known, err := k.d.store.Read(ctx).ActorByKeyID(keyID)
	if err != nil {
		return nil, &sign.KeyError{Temporary: !models.IsNotFound(err), Err: fmt.Errorf("the key %s is not known here: %w", keyID, err)}
	}
	return keyOf(known, keyID)
}

// copied gives a post whose host does not answer, as a sibling of its community has a copy of it that its author signed. The sibling's
// word counts for nothing: the proof has to fit a key of the author that was known here before. Nil when there is none.
func (d *Directory) copied(ctx context.Context, uri string) (*vocab.Object, error) {
	holders, err := d.store.Read(ctx).CopyHolders(vocab.Host(uri), maxHolders)
	if err != nil {
		return nil, err
	}
	for _, holder := range holders {
		mark := "?"
		if strings.Contains(holder, "?") {
			mark = "&"
		}
		raw, err := d.client.Passed(ctx, holder+mark+"id="+url.QueryEscape(uri))
		if err != nil {
			d.log.DebugContext(ctx, "no copy", "post", uri, "holder", holder, "error", err)
			continue
		}
		object, err := d.judgeCopy(ctx, raw, uri)
		if err != nil {
			d.log.InfoContext(ctx, "copy refused", "post", uri, "holder", holder, "error", err)
			continue
		}
		return object, nil
	}
	return nil, nil
}

// judgeCopy reads a post of what its author signed. Errors: Invalid for everything that proves nothing, or something else.
func (d *Directory) judgeCopy(ctx context.Context, raw []byte, uri string) (*vocab.Object, error) {
	activity, err := vocab.DecodeActivity(raw)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the copy is no activity: %w", err)
	}
	verifier := sign.NewVerifier(sign.Config{Keys: knownKeys{d}, Hosts: []string{d.links.Host}, Now: d.store.Now})
	proven, err := verifier.Proof(ctx, raw, activity.Actor.ID)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the copy proves nothing: %w", err)
	}
	return provenPost(proven.Document(), proven.Actor(), uri)
}

// provenPost gives the post of what an actor proved: the one that was asked for, by its author, and for everybody. Errors: Invalid.
func provenPost(document []byte, actor, uri string) (*vocab.Object, error) {
	activity, err := vocab.DecodeActivity(document)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the copy is no activity: %w", err)
	}
	object, err := vocab.DecodeObject(activity.Object.Raw)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the copy has no post: %w", err)
	}
	owner, err := object.Author()
	written := activity.Type == "Create" || activity.Type == "Update"
	if err != nil || !written || object.ID != uri || owner != actor || !vocab.SameOrigin(uri, owner) {
		return nil, models.Errorf(models.Invalid, "the copy is not %s, or not by its author", uri)
	}
	if !object.To.Contains(vocab.Public) && !object.Cc.Contains(vocab.Public) {
		return nil, models.Errorf(models.Invalid, "the copy is not for everybody")
	}
	return &object, nil
}

// orCopied gives the post whose host could not be asked, by a copy of it, or else the error of its host.
func (d *Directory) orCopied(ctx context.Context, uri string, failed error) (*models.Post, error) {
	if !IsTemporary(failed) {
		return nil, failed
	}
	object, err := d.copied(ctx, uri)
	if err != nil || object == nil {
		return nil, failed
	}
	return d.importObject(ctx, *object)
}
