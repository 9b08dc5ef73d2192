package mastodon

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"praxis/models"
)

func adminBlockRoutes() []route {
	var routes []route
	add := func(method, noun, rest string, run endpoint, needs models.Permission) {
		verb := "write"
		if method == http.MethodGet {
			verb = "read"
		}
		routes = append(routes, staff(method, "/api/v1/admin/"+noun+rest, run, needs, "admin:"+verb+":"+noun))
	}
	const one = "/{id}"
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	add(get, "domain_blocks", "", getInstanceBlocks, models.PermitFederation)
	add(post, "domain_blocks", "", createDomainBlock, models.PermitFederation)
	add(get, "domain_blocks", one, getDomainBlock, models.PermitFederation)
	add(put, "domain_blocks", one, updateDomainBlock, models.PermitFederation)
	add(del, "domain_blocks", one, deleteDomainBlock, models.PermitFederation)
	add(get, "domain_allows", "", getDomainAllows, models.PermitFederation)
	add(post, "domain_allows", "", createDomainAllow, models.PermitFederation)
	add(get, "domain_allows", one, getDomainAllow, models.PermitFederation)
	add(del, "domain_allows", one, deleteDomainAllow, models.PermitFederation)
	add(get, "email_domain_blocks", "", getEmailDomainBlocks, models.PermitBlocks)
	add(post, "email_domain_blocks", "", createEmailDomainBlock, models.PermitBlocks)
	add(get, "email_domain_blocks", one, getEmailDomainBlock, models.PermitBlocks)
	add(del, "email_domain_blocks", one, deleteEmailDomainBlock, models.PermitBlocks)
	add(get, "ip_blocks", "", getIPBlocks, models.PermitBlocks)
	add(post, "ip_blocks", "", createIPBlock, models.PermitBlocks)
	add(get, "ip_blocks", one, getIPBlock, models.PermitBlocks)
	add(put, "ip_blocks", one, updateIPBlock, models.PermitBlocks)
	add(del, "ip_blocks", one, deleteIPBlock, models.PermitBlocks)
	add(get, "canonical_email_blocks", "", getEmailBlocks, models.PermitBlocks)
	add(post, "canonical_email_blocks", "/test", testEmailBlock, models.PermitBlocks)
	add(post, "canonical_email_blocks", "", createEmailBlock, models.PermitBlocks)
	add(get, "canonical_email_blocks", one, getEmailBlock, models.PermitBlocks)
	add(del, "canonical_email_blocks", one, deleteEmailBlock, models.PermitBlocks)
	// Testing changes nothing, so reading is enough.
	for i := range routes {
		if routes[i].path == "/api/v1/admin/canonical_email_blocks/test" {
			routes[i].scopes = []string{"admin:read:canonical_email_blocks"}
		}
	}
	return routes
}

func nowhere(*call) (any, error) { return nil, errNotFound }

// blockPage answers with a page of blocks of one kind.
func blockPage[T any](c *call, read func(models.Page) ([]T, error), id func(*T) int64, show func(*T) any) (any, error) {
	page, err := c.page(100, 200)
	if err != nil {
		return nil, err
	}
	rows, err := read(more(page))
	if err != nil {
		return nil, err
	}
	shown := []any{}
	rows = window(c, page, rows, id)
	for i := range rows {
		shown = append(shown, show(&rows[i]))
	}
	return shown, nil
}

// blockOf answers with the block that the path names.
func blockOf[T any](c *call, read func(int64) (*T, error), show func(*T) any) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	found, err := read(id)
	if err != nil {
		return nil, err
	}
	return show(found), nil
}

type adminDomainBlock struct {
	ID             string  `json:"id"`
	Domain         string  `json:"domain"`
	Digest         string  `json:"digest"`
	CreatedAt      string  `json:"created_at"`
	Severity       string  `json:"severity"`
	RejectMedia    bool    `json:"reject_media"`
	RejectReports  bool    `json:"reject_reports"`
	PrivateComment *string `json:"private_comment"`
	PublicComment  *string `json:"public_comment"`
	Obfuscate      bool    `json:"obfuscate"`
}

func showDomainBlock(b *models.DomainBlock) any {
	sum := sha256.Sum256([]byte(b.Host))
	return &adminDomainBlock{
		ID: formatID(b.ID), Domain: b.Host, Digest: hex.EncodeToString(sum[:]), CreatedAt: date(b.CreatedAt), Severity: b.Severity,
		RejectMedia: b.RejectMedia, RejectReports: b.RejectReports, PrivateComment: textOrNil(b.PrivateComment),
		PublicComment: textOrNil(b.PublicComment), Obfuscate: b.Obfuscate,
	}
}

func getInstanceBlocks(c *call) (any, error) {
	return blockPage(c, c.tx.DomainBlockPage, func(b *models.DomainBlock) int64 { return b.ID }, showDomainBlock)
}

func getDomainBlock(c *call) (any, error) { return blockOf(c, c.tx.DomainBlock, showDomainBlock) }

// domainBlockAsk is what may be said of a block; what is left out stays as it is.
type domainBlockAsk struct {
	Domain         string  `mapstructure:"domain"`
	Severity       *string `mapstructure:"severity"`
	RejectMedia    *bool   `mapstructure:"reject_media"`
	RejectReports  *bool   `mapstructure:"reject_reports"`
	PrivateComment *string `mapstructure:"private_comment"`
	PublicComment  *string `mapstructure:"public_comment"`
	Obfuscate      *bool   `mapstructure:"obfuscate"`
}

func (c *call) saveDomainBlock(b models.DomainBlock, ask domainBlockAsk) (any, error) {
	set(&b.Severity, ask.Severity)
	set(&b.RejectMedia, ask.RejectMedia)
	set(&b.RejectReports, ask.RejectReports)
	set(&b.PrivateComment, ask.PrivateComment)
	set(&b.PublicComment, ask.PublicComment)
	set(&b.Obfuscate, ask.Obfuscate)
	saved, err := c.s.service.BlockDomain(c.ctx(), c.me(), b)
	if err != nil {
		return nil, err
	}
	return showDomainBlock(saved), nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func createDomainBlock(c *call) (any, error) {
	var ask domainBlockAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	return c.saveDomainBlock(models.DomainBlock{Host: ask.Domain, Severity: models.SeveritySilence}, ask)
}

func updateDomainBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	known, err := c.tx.DomainBlock(id)
	if err != nil {
		return nil, err
	}
	var ask domainBlockAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	return c.saveDomainBlock(*known, ask)
}

func deleteDomainBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnblockDomain(c.ctx(), c.me(), id)
}

type adminEmailDomainBlock struct {
	ID            string `json:"id"`
	Domain        string `json:"domain"`
	CreatedAt     string `json:"created_at"`
	AllowApproval bool   `json:"allow_with_approval"`
	History       []any  `json:"history"`
}

func showEmailDomainBlock(b *models.EmailDomainBlock) any {
	return &adminEmailDomainBlock{formatID(b.ID), b.Domain, date(b.CreatedAt), b.AllowApproval, []any{}}
}

func getEmailDomainBlocks(c *call) (any, error) {
	return blockPage(c, c.tx.EmailDomainBlockPage, func(b *models.EmailDomainBlock) int64 { return b.ID }, showEmailDomainBlock)
}

func getEmailDomainBlock(c *call) (any, error) {
	return blockOf(c, c.tx.EmailDomainBlock, showEmailDomainBlock)
}

func createEmailDomainBlock(c *call) (any, error) {
	var ask struct {
		Domain        string `mapstructure:"domain"`
		AllowApproval bool   `mapstructure:"allow_with_approval"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	made, err := c.s.service.BlockEmailDomain(c.ctx(), c.me(), ask.Domain, ask.AllowApproval)
	if err != nil {
		return nil, asInvalid("domain", err)
	}
	return showEmailDomainBlock(made), nil
}

// asInvalid: Mastodon takes what is there already for a wrong field.
func asInvalid(field string, err error) error {
	if models.ErrorCode(err) == models.Conflict {
		return models.FieldErrorf(field, "Validation failed: %s has already been taken", field)
	}
	return err
}

func deleteEmailDomainBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnblockEmailDomain(c.ctx(), c.me(), id)
}

type adminIPBlock struct {
	ID        string  `json:"id"`
	IP        string  `json:"ip"`
	Severity  string  `json:"severity"`
	Comment   string  `json:"comment"`
	CreatedAt string  `json:"created_at"`
	ExpiresAt *string `json:"expires_at"`
}

func showIPBlock(b *models.IPBlock) any {
	return &adminIPBlock{formatID(b.ID), b.Prefix, b.Severity, b.Comment, date(b.CreatedAt), dateOrNil(b.ExpiresAt)}
}

func getIPBlocks(c *call) (any, error) {
	return blockPage(c, c.tx.IPBlockPage, func(b *models.IPBlock) int64 { return b.ID }, showIPBlock)
}

func getIPBlock(c *call) (any, error) { return blockOf(c, c.tx.IPBlock, showIPBlock) }

func createIPBlock(c *call) (any, error) { return c.saveIPBlock(models.IPBlock{}) }

func updateIPBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	known, err := c.tx.IPBlock(id)
	if err != nil {
		return nil, err
	}
	return c.saveIPBlock(*known)
}

// longestBlock is the longest time, in seconds, that a block may be given to last: ten years.
const longestBlock = 10 * 366 * 24 * 3600

func (c *call) saveIPBlock(b models.IPBlock) (any, error) {
	var ask struct {
		IP        *string `mapstructure:"ip"`
		Severity  *string `mapstructure:"severity"`
		Comment   *string `mapstructure:"comment"`
		ExpiresIn *int64  `mapstructure:"expires_in"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	set(&b.Prefix, ask.IP)
	set(&b.Severity, ask.Severity)
	set(&b.Comment, ask.Comment)
	if ask.ExpiresIn != nil {
		b.ExpiresAt = 0
		if seconds := min(*ask.ExpiresIn, longestBlock); seconds > 0 {
			b.ExpiresAt = c.tx.Now().Add(time.Duration(seconds) * time.Second)
		}
	}
	saved, err := c.s.service.BlockIP(c.ctx(), c.me(), b)
	if err != nil {
		return nil, asInvalid("ip", err)
	}
	return showIPBlock(saved), nil
}

func deleteIPBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnblockIP(c.ctx(), c.me(), id)
}

type adminEmailBlock struct {
	ID   string `json:"id"`
	Hash string `json:"canonical_email_hash"`
}

func showEmailBlock(b *models.CanonicalEmailBlock) any {
	return &adminEmailBlock{formatID(b.ID), b.EmailHash}
}

func getEmailBlocks(c *call) (any, error) {
	return blockPage(c, c.tx.CanonicalEmailBlockPage, func(b *models.CanonicalEmailBlock) int64 { return b.ID }, showEmailBlock)
}

func getEmailBlock(c *call) (any, error) { return blockOf(c, c.tx.CanonicalEmailBlock, showEmailBlock) }

func createEmailBlock(c *call) (any, error) {
	made, err := c.s.service.BlockEmail(c.ctx(), c.me(), c.params.text("email"), c.params.text("canonical_email_hash"))
	if err != nil {
		return nil, err
	}
	return showEmailBlock(made), nil
}

// testEmailBlock lists the blocks that hold for an address.
func testEmailBlock(c *call) (any, error) {
	email := c.params.text("email")
	if email == "" {
		return nil, models.FieldErrorf("email", "Validation failed: Email can't be blank")
	}
	found, err := c.tx.CanonicalEmailBlockOf(models.CanonicalEmailHash(email))
	if models.IsNotFound(err) {
		return []any{}, nil
	}
	if err != nil {
		return nil, err
	}
	return []any{showEmailBlock(found)}, nil
}

func deleteEmailBlock(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnblockEmail(c.ctx(), c.me(), id)
}
