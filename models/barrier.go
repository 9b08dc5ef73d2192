package models

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
)

// What an IP block keeps its addresses from.
const (
	BarSignUpApproval = "sign_up_requires_approval"
	BarSignUp         = "sign_up_block"
	BarAccess         = "no_access"
)

// IPBlock keeps a range of addresses from signing up, or from everything.
type IPBlock struct {
	ID        int64
	Prefix    string
	Severity  string
	Comment   string
	ExpiresAt Timestamp // 0 for never
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// TableName keeps "ip" one word.
func (IPBlock) TableName() string { return "ip_block" }

// Range gives the block's addresses.
func (b *IPBlock) Range() netip.Prefix {
	prefix, _ := netip.ParsePrefix(b.Prefix)
	return prefix
}

// SaveIPBlock stores a block, new or changed. Conflict when the range is blocked already.
func (tx *Tx) SaveIPBlock(b *IPBlock) error {
	if b.ID != 0 {
		return translate(tx.db.Save(b).Error, "IP block")
	}
	b.ID, b.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(b).Error, "IP block")
}

// IPBlock gives the block of an id.
func (tx *Tx) IPBlock(id int64) (*IPBlock, error) {
	return first[IPBlock](tx.db.Where("id = ?", id), "IP block")
}

// IPBlocks lists all blocks that are not over.
func (tx *Tx) IPBlocks() ([]IPBlock, error) {
	return list[IPBlock](tx.db.Where("expires_at = 0 OR expires_at > ?", tx.Now()).Order("id"), "IP blocks")
}

// IPBlockPage gives a page of blocks.
func (tx *Tx) IPBlockPage(page Page) ([]IPBlock, error) {
	rows, err := list[IPBlock](page.apply(tx.db.Model(&IPBlock{}), "ip_block.id"), "IP blocks")
	return descending(page, rows), err
}

// DeleteIPBlock lifts a block.
func (tx *Tx) DeleteIPBlock(id int64) error {
	return translate(tx.db.Delete(&IPBlock{}, "id = ?", id).Error, "IP block")
}

// EmailDomainBlock keeps those with an address of a domain from signing up.
type EmailDomainBlock struct {
	ID            int64
	Domain        string
	AllowApproval bool      // somebody may let them in all the same
	CreatedAt     Timestamp `gorm:"autoCreateTime:false"`
}

// CreateEmailDomainBlock stores a block. Conflict when the domain is blocked already.
func (tx *Tx) CreateEmailDomainBlock(b *EmailDomainBlock) error {
	b.ID, b.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(b).Error, "e-mail domain block")
}

// EmailDomainBlock gives the block of an id.
func (tx *Tx) EmailDomainBlock(id int64) (*EmailDomainBlock, error) {
	return first[EmailDomainBlock](tx.db.Where("id = ?", id), "e-mail domain block")
}

// EmailDomainBlockOf gives the block that holds for an e-mail address: that of its domain, or of one above it.
func (tx *Tx) EmailDomainBlockOf(email string) (*EmailDomainBlock, error) {
	_, domain, _ := strings.Cut(email, "@")
	query := tx.db.Where("domain IN ?", domainsOf(domain)).Order("length(domain) DESC").Limit(1)
	return first[EmailDomainBlock](query, "e-mail domain block")
}

// EmailDomainBlockPage gives a page of blocks.
func (tx *Tx) EmailDomainBlockPage(page Page) ([]EmailDomainBlock, error) {
	rows, err := list[EmailDomainBlock](page.apply(tx.db.Model(&EmailDomainBlock{}), "email_domain_block.id"), "e-mail domain blocks")
	return descending(page, rows), err
}

// DeleteEmailDomainBlock lifts a block.
func (tx *Tx) DeleteEmailDomainBlock(id int64) error {
	return translate(tx.db.Delete(&EmailDomainBlock{}, "id = ?", id).Error, "e-mail domain block")
}

// CanonicalEmailBlock keeps one person's address away, in all of its spellings, without telling what it is.
type CanonicalEmailBlock struct {
	ID        int64
	EmailHash string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// CanonicalEmailHash gives the SHA-256 of an address without what most providers ignore: case, dots of the local part,
// and what stands behind a plus.
func CanonicalEmailHash(email string) string {
	local, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	local, _, _ = strings.Cut(local, "+")
	sum := sha256.Sum256([]byte(strings.ReplaceAll(local, ".", "") + "@" + domain))
	return hex.EncodeToString(sum[:])
}

// PutCanonicalEmailBlock stores a block; the same hash again gives the block that is there.
func (tx *Tx) PutCanonicalEmailBlock(hash string) (*CanonicalEmailBlock, error) {
	known, err := tx.CanonicalEmailBlockOf(hash)
	if err == nil || !IsNotFound(err) {
		return known, err
	}
	block := &CanonicalEmailBlock{ID: tx.NewID(), EmailHash: hash, CreatedAt: tx.Now()}
	return block, translate(tx.db.Create(block).Error, "canonical e-mail block")
}

// CanonicalEmailBlock gives the block of an id.
func (tx *Tx) CanonicalEmailBlock(id int64) (*CanonicalEmailBlock, error) {
	return first[CanonicalEmailBlock](tx.db.Where("id = ?", id), "canonical e-mail block")
}

// CanonicalEmailBlockOf gives the block of a hash.
func (tx *Tx) CanonicalEmailBlockOf(hash string) (*CanonicalEmailBlock, error) {
	return first[CanonicalEmailBlock](tx.db.Where("email_hash = ?", hash), "canonical e-mail block")
}

// CanonicalEmailBlockPage gives a page of blocks.
func (tx *Tx) CanonicalEmailBlockPage(page Page) ([]CanonicalEmailBlock, error) {
	rows, err := list[CanonicalEmailBlock](page.apply(tx.db.Model(&CanonicalEmailBlock{}), "canonical_email_block.id"), "canonical e-mail blocks")
	return descending(page, rows), err
}

// DeleteCanonicalEmailBlock lifts a block.
func (tx *Tx) DeleteCanonicalEmailBlock(id int64) error {
	return translate(tx.db.Delete(&CanonicalEmailBlock{}, "id = ?", id).Error, "canonical e-mail block")
}
