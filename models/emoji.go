package models

import (
	"gorm.io/gorm/clause"
)

// CustomEmoji is a picture that stands for :shortcode: in what the people of a host write.
type CustomEmoji struct {
	ID        int64
	Shortcode string
	Host      string // "" for this instance
	URI       string
	URL       string // where the picture is; of this instance's own it follows from File
	StaticURL string
	File      string // name of the kept file; own ones only
	Category  string
	Visible   bool
	Disabled  bool
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	UpdatedAt Timestamp `gorm:"autoUpdateTime:false"`
}

// EmojiKey names an emoji.
type EmojiKey struct{ Host, Shortcode string }

// LocalEmoji lists this instance's own emoji by shortcode.
func (tx *Tx) LocalEmoji() ([]CustomEmoji, error) {
	return list[CustomEmoji](tx.db.Where("host = ''").Order("shortcode"), "emoji")
}

// LocalEmojiByID gives one of this instance's own emoji. Errors: NotFound, also for one that is switched off.
func (tx *Tx) LocalEmojiByID(id int64) (*CustomEmoji, error) {
	return first[CustomEmoji](tx.db.Where("id = ? AND host = '' AND NOT disabled", id), "emoji")
}

// EmojiOf gives those emoji of hosts that shortcodes name and that are not switched off.
func (tx *Tx) EmojiOf(hosts, shortcodes []string) (map[EmojiKey]*CustomEmoji, error) {
	found := map[EmojiKey]*CustomEmoji{}
	if len(hosts) == 0 || len(shortcodes) == 0 {
		return found, nil
	}
	rows, err := list[CustomEmoji](tx.db.Where("host IN ? AND shortcode IN ? AND NOT disabled", hosts, shortcodes), "emoji")
	for i := range rows {
		found[EmojiKey{rows[i].Host, rows[i].Shortcode}] = &rows[i]
	}
	return found, err
}

// PutEmoji stores an emoji, in the place of one of the same host and name; that one is given, nil for none.
func (tx *Tx) PutEmoji(e *CustomEmoji) (replaced *CustomEmoji, err error) {
	old, err := first[CustomEmoji](tx.db.Where("host = ? AND shortcode = ?", e.Host, e.Shortcode), "emoji")
	if err != nil && !IsNotFound(err) {
		return nil, err
	}
	e.UpdatedAt = tx.Now()
	if old != nil {
		e.ID, e.CreatedAt, e.Disabled = old.ID, old.CreatedAt, old.Disabled
		return old, translate(tx.db.Save(e).Error, "emoji")
	}
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return nil, translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(e).Error, "emoji")
}

// DeleteEmoji removes one of this instance's own emoji and gives it. NotFound when there is none of that name.
func (tx *Tx) DeleteEmoji(shortcode string) (*CustomEmoji, error) {
	e, err := first[CustomEmoji](tx.db.Where("host = '' AND shortcode = ?", shortcode), "emoji "+shortcode)
	if err != nil {
		return nil, err
	}
	return e, translate(tx.db.Delete(&CustomEmoji{}, "id = ?", e.ID).Error, "emoji")
}
