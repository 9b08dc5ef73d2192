package models

import (
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// How much a domain block keeps away.
const (
	SeverityNoop    = "noop"    // nothing but media and reports, if it says so
	SeveritySilence = "silence" // its actors are limited
	SeveritySuspend = "suspend" // everything
)

// DomainBlock keeps a host, and every host below it, away, as far as its severity says.
type DomainBlock struct {
	Host           string `gorm:"primaryKey"`
	ID             int64
	Severity       string
	Reason         string
	RejectMedia    bool
	RejectReports  bool
	PrivateComment string
	PublicComment  string
	ImportID       int64     // of the list that it came with; 0 for none
	Contact        string    // whom to speak to there
	Obfuscate      bool      // lists for everybody show the name with stars
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
}

// PutDomainBlock blocks a host entirely.
func (tx *Tx) PutDomainBlock(host, reason string) error {
	return tx.SaveDomainBlock(&DomainBlock{Host: host, Reason: reason, Severity: SeveritySuspend})
}

// SaveDomainBlock stores a block, new or changed; it gets an id unless it has one.
func (tx *Tx) SaveDomainBlock(b *DomainBlock) error {
	b.Host = strings.ToLower(b.Host)
	if b.ID == 0 {
		b.ID = tx.NewID()
	}
	if b.CreatedAt == 0 {
		b.CreatedAt = tx.Now()
	}
	tx.forgetRules()
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(b).Error, "domain block")
}

// DeleteDomainBlock lifts the block of a host.
func (tx *Tx) DeleteDomainBlock(host string) error {
	tx.forgetRules()
	return translate(tx.db.Delete(&DomainBlock{}, "host = ?", strings.ToLower(host)).Error, "domain block")
}

// DomainBlock gives the block of an id.
func (tx *Tx) DomainBlock(id int64) (*DomainBlock, error) {
	return first[DomainBlock](tx.db.Where("id = ?", id), "domain block")
}

// DomainBlockOf gives the block that holds for a host: its own, or that of the nearest domain above it.
func (tx *Tx) DomainBlockOf(host string) (*DomainBlock, error) {
	query := tx.db.Where("host IN ?", domainsOf(host)).Order("length(host) DESC").Limit(1)
	return first[DomainBlock](query, "domain block")
}

// DomainBlockPage gives a page of blocks.
func (tx *Tx) DomainBlockPage(page Page) ([]DomainBlock, error) {
	rows, err := list[DomainBlock](page.apply(tx.db.Model(&DomainBlock{}), "domain_block.id"), "domain blocks")
	return descending(page, rows), err
}

// domainsOf lists the names under which a host may be blocked: with and without its port, and each domain above it.
func domainsOf(host string) []string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	names := []string{host}
	if name, _, ok := strings.Cut(host, ":"); ok {
		names = append(names, name)
		host = name
	}
	for rest := host; ; {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok {
			return names
		}
		names, rest = append(names, parent), parent
	}
}

// BlockedAmong gives those of hosts that are blocked entirely.
func (tx *Tx) BlockedAmong(hosts []string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, host := range hosts {
		blocked, err := tx.HostBlocked(host)
		if err != nil {
			return nil, err
		}
		if blocked {
			found[host] = true
		}
	}
	return found, nil
}

// underHost limits a query of actors to those of a host and of the hosts below it.
func underHost(db *gorm.DB, host string) *gorm.DB {
	return db.Where(`NOT local AND (host = ? OR host LIKE ? ESCAPE '\' OR host LIKE ? ESCAPE '\')`,
		host, "%."+escapeLike(host), escapeLike(host)+":%")
}

// SilenceHost limits the actors of a host that are not limited already. They bear the block's own time, by which
// UnsilenceHost knows them.
func (tx *Tx) SilenceHost(b *DomainBlock) error {
	query := underHost(tx.db.Model(&Actor{}), b.Host).Where("silenced_at = 0")
	return translate(query.UpdateColumn("silenced_at", b.CreatedAt).Error, "actors")
}

// UnsilenceHost lifts the limits that SilenceHost set.
func (tx *Tx) UnsilenceHost(b *DomainBlock) error {
	query := underHost(tx.db.Model(&Actor{}), b.Host).Where("silenced_at = ?", b.CreatedAt)
	return translate(query.UpdateColumn("silenced_at", 0).Error, "actors")
}

// silenceByHost limits a new actor whose host is limited.
func (tx *Tx) silenceByHost(a *Actor) error {
	if a.Local || a.SilencedAt != 0 {
		return nil
	}
	block, err := tx.DomainBlockOf(a.Host)
	if IsNotFound(err) {
		return nil
	}
	if err == nil && block.Severity == SeveritySilence {
		a.SilencedAt = block.CreatedAt
	}
	return err
}

// EndFollowsOfHost ends all follows between members here and the actors of a host that is blocked entirely, or of hosts below
// it, and counts them off. A host below it that is admitted by its own name keeps its follows.
func (tx *Tx) EndFollowsOfHost(host string) error {
	rules, err := tx.FederationRules()
	if err != nil {
		return err
	}
	var hosts []string
	if err := underHost(tx.db.Model(&Actor{}), strings.ToLower(host)).Distinct().Pluck("host", &hosts).Error; err != nil {
		return translate(err, "actors")
	}
	for _, one := range hosts {
		if rules.Of(one) != HostIsBlocked {
			continue
		}
		if err := tx.endFollowsWith(one); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) endFollowsWith(host string) error {
	foreign := tx.db.Session(newSession).Model(&Actor{}).Where("NOT local AND host = ?", host).Select("id")
	ended, err := list[Follow](tx.db.Where("actor_id IN (?) OR target_id IN (?)", foreign, foreign), "follows")
	if err != nil {
		return err
	}
	for i := range ended {
		if err := tx.DeleteFollow(&ended[i]); err != nil {
			return err
		}
	}
	return nil
}
