package models

import (
	"slices"
	"strings"

	"gorm.io/gorm/clause"
)

// CommunityKind is a word that chooses a kind in a community: a hashtag with its sign, or what stands before a colon.
type CommunityKind struct {
	CommunityID int64  `gorm:"primaryKey;autoIncrement:false"`
	Word        string `gorm:"primaryKey"`
	Kind        string
}

// CommunityPractice is how a community uses kinds and commands.
type CommunityPractice struct {
	CommunityID int64  `gorm:"primaryKey;autoIncrement:false"`
	Kinds       string // one a line; "" for all
	CommandsOff bool
}

// KindList gives the kinds that the community uses; empty for all.
func (c *CommunityPractice) KindList() []string {
	if c.Kinds == "" {
		return []string{}
	}
	return strings.Split(c.Kinds, "\n")
}

// Uses reports whether a community uses a kind.
func (c *CommunityPractice) Uses(kind string) bool {
	return c.Kinds == "" || slices.Contains(c.KindList(), kind)
}

// SaveCommunityPractice stores how a community uses kinds and commands.
func (tx *Tx) SaveCommunityPractice(c *CommunityPractice) error {
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(c).Error, "community")
}

// CommunityPractice gives how a community uses kinds and commands: all of them, where it did not say.
func (tx *Tx) CommunityPractice(communityID int64) (*CommunityPractice, error) {
	row, err := first[CommunityPractice](tx.db.Where("community_id = ?", communityID), "community")
	if IsNotFound(err) {
		return &CommunityPractice{CommunityID: communityID}, nil
	}
	return row, err
}

// CommunityPractices gives how communities use kinds, by id; those that did not say are left out.
func (tx *Tx) CommunityPractices(ids []int64) (map[int64]*CommunityPractice, error) {
	found := make(map[int64]*CommunityPractice, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[CommunityPractice](tx.db.Where("community_id IN ?", ids), "communities")
	for i := range rows {
		found[rows[i].CommunityID] = &rows[i]
	}
	return found, err
}

// CommunityWords gives the words of a community with the kinds that they choose.
func (tx *Tx) CommunityWords(communityID int64) (map[string]string, error) {
	rows, err := list[CommunityKind](tx.db.Where("community_id = ?", communityID).Order("word"), "words")
	words := make(map[string]string, len(rows))
	for _, row := range rows {
		words[row.Word] = row.Kind
	}
	return words, err
}

// SetCommunityWords replaces the words of a community.
func (tx *Tx) SetCommunityWords(communityID int64, words map[string]string) error {
	if err := tx.db.Delete(&CommunityKind{}, "community_id = ?", communityID).Error; err != nil {
		return translate(err, "words")
	}
	for word, kind := range words {
		if err := tx.db.Create(&CommunityKind{CommunityID: communityID, Word: word, Kind: kind}).Error; err != nil {
			return translate(err, "words")
		}
	}
	return nil
}
