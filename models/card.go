package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// The states of a preview card.
const (
	CardPending = "pending" // is to be fetched
	CardReady   = "ready"
	CardFailed  = "failed" // there is no page to be shown
)

// PreviewCard is what a web page says of itself, shown below posts that link to it. There is one for each address.
type PreviewCard struct {
	ID           int64
	URL          string
	Type         string
	Title        string // plain text, like all texts of it
	Description  string
	AuthorName   string
	AuthorURL    string
	ProviderName string
	ProviderURL  string
	ImageURL     string
	ImageFile    string
	ImageAlt     string
	Blurhash     string
	Width        int64
	Height       int64
	Language     string
	PublishedAt  Timestamp
	State        string
	Attempts     int64
	NextTryAt    Timestamp
	FetchedAt    Timestamp
	CreatedAt    Timestamp `gorm:"autoCreateTime:false"`
}

// How long a card is good, and how long a page that could not be read is left alone.
const (
	cardGood = 14 * 24 * time.Hour
	cardBad  = 24 * time.Hour
)

// SetCard lets a post show the page of an address, which is fetched at due unless it is known; an empty address takes the
// card away. It reports whether something is to be fetched.
func (tx *Tx) SetCard(postID int64, address string, due Timestamp) (bool, error) {
	if err := tx.db.Exec("DELETE FROM post_card WHERE post_id = ?", postID).Error; err != nil || address == "" {
		return false, translate(err, "card")
	}
	fresh := PreviewCard{
		ID: tx.NewID(), URL: address, Type: "link", State: CardPending, NextTryAt: due, CreatedAt: tx.Now(),
	}
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error; err != nil {
		return false, translate(err, "card")
	}
	card, err := first[PreviewCard](tx.db.Where("url = ?", address), "card")
	if err != nil {
		return false, err
	}
	age := tx.Now().Time().Sub(card.FetchedAt.Time())
	if card.State == CardReady && age > cardGood || card.State == CardFailed && age > cardBad {
		card.State, card.Attempts, card.NextTryAt = CardPending, 0, due
		if err := tx.SaveCard(card); err != nil {
			return false, err
		}
	}
	err = tx.db.Exec("INSERT INTO post_card (post_id, card_id) VALUES (?, ?)", postID, card.ID).Error
	return card.State == CardPending, translate(err, "card")
}

// SaveCard stores a changed card.
func (tx *Tx) SaveCard(card *PreviewCard) error {
	return translate(tx.db.Save(card).Error, "card")
}

// DueCards gives cards that are to be fetched now, at most limit.
func (tx *Tx) DueCards(limit int) ([]PreviewCard, error) {
	query := tx.db.Where("state = ? AND next_try_at <= ?", CardPending, tx.Now()).Order("next_try_at, id").Limit(limit)
	return list[PreviewCard](query, "cards")
}

// NextCard gives when the next card is to be fetched; 0 when none is.
func (tx *Tx) NextCard() (Timestamp, error) {
	var next Timestamp
	err := tx.db.Model(&PreviewCard{}).Where("state = ?", CardPending).Select("coalesce(min(next_try_at), 0)").Scan(&next).Error
	return next, translate(err, "cards")
}

// Cards gives the cards of posts by post, as far as there is something to show.
func (tx *Tx) Cards(postIDs []int64) (map[int64]*PreviewCard, error) {
	found := map[int64]*PreviewCard{}
	if len(postIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		PreviewCard `gorm:"embedded"`
		PostID      int64
	}
	err := tx.db.Model(&PreviewCard{}).Select("preview_card.*, pc.post_id AS post_id").
		Joins("JOIN post_card pc ON pc.card_id = preview_card.id").
		Where("pc.post_id IN ? AND preview_card.title <> ''", postIDs).Scan(&rows).Error
	for i := range rows {
		found[rows[i].PostID] = &rows[i].PreviewCard
	}
	return found, translate(err, "cards")
}

// CardByURL gives the card of an address, if there is something to show.
func (tx *Tx) CardByURL(address string) (*PreviewCard, error) {
	return first[PreviewCard](tx.db.Where("url = ? AND title <> ''", address), "card")
}
