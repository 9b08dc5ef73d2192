package practice

import (
	"context"
	"io"

	"praxis/internal/media"
	"praxis/models"
)

// How large the pictures of a profile are, in pixels.
const (
	avatarSide                = 400
	headerWidth, headerHeight = 1500, 500
)

// Picture is a new picture of a profile; without a File the old one goes.
type Picture struct{ File io.Reader }

// portraits are the pictures of a profile once they are kept; nil for one that stays, "" for one that goes.
type portraits struct{ avatar, header *string }

// portray keeps the pictures of a change. Errors: Invalid for what is no picture that can be taken.
func (s *Service) portray(ctx context.Context, change Profile) (made portraits, err error) {
	if made.avatar, err = s.portrait(ctx, "avatar", change.Avatar, avatarSide, avatarSide); err != nil {
		return made, err
	}
	if made.header, err = s.portrait(ctx, "header", change.Header, headerWidth, headerHeight); err != nil {
		s.discard(ctx, made.names()...)
	}
	return made, err
}

func (s *Service) portrait(ctx context.Context, field string, picture *Picture, width, height int) (*string, error) {
	if picture == nil {
		return nil, nil
	}
	name := ""
	if picture.File == nil {
		return &name, nil
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	raw, err := readPicture(field, picture.File)
	if err != nil {
		return nil, err
	}
	made, err := s.media.Decoder.Portrait(ctx, raw, width, height)
	if err != nil {
		return nil, refused(field, err)
	}
	name, err = s.keep(ctx, made.Ending, made.Content)
	return &name, err
}

func (p portraits) names() []string {
	var names []string
	for _, name := range []*string{p.avatar, p.header} {
		if name != nil {
			names = append(names, *name)
		}
	}
	return names
}

// hang gives an actor its pictures, and names the files that it had before.
func (p portraits) hang(actor *models.Actor, links Links) (old []string) {
	if p.avatar != nil {
		old = append(old, actor.IconFile)
		actor.IconFile, actor.IconURL = *p.avatar, address(links, *p.avatar)
	}
	if p.header != nil {
		old = append(old, actor.ImageFile)
		actor.ImageFile, actor.ImageURL = *p.header, address(links, *p.header)
	}
	return old
}

func address(links Links, name string) string {
	if media.TypeOf(name) == "" {
		return ""
	}
	return links.Media(name)
}
