package mastodon

import (
	"io"
	"net/http"

	"praxis/practice"
)

func portraitRoutes() []route {
	return []route{
		member(http.MethodDelete, "/api/v1/profile/avatar", func(c *call) (any, error) {
			return c.portray(practice.Profile{Avatar: &practice.Picture{}})
		}, "write:accounts"),
		member(http.MethodDelete, "/api/v1/profile/header", func(c *call) (any, error) {
			return c.portray(practice.Profile{Header: &practice.Picture{}})
		}, "write:accounts"),
	}
}

func (c *call) portray(change practice.Profile) (any, error) {
	actor, err := c.s.service.UpdateProfile(c.ctx(), c.me(), change)
	if err != nil {
		return nil, err
	}
	return c.credentials(actor, c.principal.Account)
}

// pictures adds the pictures that a request has to a change of the profile, and reports whether there are any. End closes
// them.
func (c *call) pictures(change *practice.Profile) (some bool, end func(), err error) {
	var open []io.Closer
	end = func() {
		for _, file := range open {
			_ = file.Close()
		}
	}
	for name, into := range map[string]**practice.Picture{"avatar": &change.Avatar, "header": &change.Header} {
		file, err := c.file(name)
		if err != nil {
			return false, end, err
		}
		if file != nil {
			open = append(open, file)
			*into = &practice.Picture{File: file}
		}
	}
	return len(open) > 0, end, nil
}
