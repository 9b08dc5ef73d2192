package mastodon

import "praxis/models"

// adminDomainAllow is a host that is allowed; the last three are ours.
type adminDomainAllow struct {
	ID           string  `json:"id"`
	Domain       string  `json:"domain"`
	CreatedAt    string  `json:"created_at"`
	Note         *string `json:"note"`
	Contact      *string `json:"contact"`
	PublicReason *string `json:"public_reason"`
}

func showDomainAllow(a *models.DomainAllow) any {
	return &adminDomainAllow{
		formatID(a.ID), a.Host, date(a.CreatedAt), textOrNil(a.Note), textOrNil(a.Contact), textOrNil(a.PublicReason),
	}
}

func getDomainAllows(c *call) (any, error) {
	return blockPage(c, c.tx.DomainAllowPage, func(a *models.DomainAllow) int64 { return a.ID }, showDomainAllow)
}

func getDomainAllow(c *call) (any, error) { return blockOf(c, c.tx.DomainAllow, showDomainAllow) }

// createDomainAllow allows a host; one that is allowed already stays so, with what is noted of it now.
func createDomainAllow(c *call) (any, error) {
	saved, _, err := c.s.service.AllowDomain(c.ctx(), c.by(), models.DomainAllow{
		Host: c.params.text("domain"), Note: c.params.text("note"), Contact: c.params.text("contact"), PublicReason: c.params.text("public_reason"),
	})
	if err != nil {
		return nil, named("domain", err)
	}
	return showDomainAllow(saved), nil
}

func deleteDomainAllow(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	known, err := c.tx.DomainAllow(id)
	if err != nil {
		return nil, err
	}
	_, err = c.s.service.DisallowDomain(c.ctx(), c.by(), known.Host)
	return nothing{}, err
}

// named says of what is in the way of a change that it is a matter of a field, in its own words.
func named(field string, err error) error {
	if models.ErrorCode(err) == models.Conflict {
		return models.FieldErrorf(field, "%s", err.Error())
	}
	return err
}
