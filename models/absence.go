package models

import (
	"strconv"
	"time"

	"gorm.io/gorm/clause"
)

// Absence is a time of which something may be missing here: a host was silent, or this instance was away (Host "").
type Absence struct {
	Host      string `gorm:"primaryKey"`
	Since     Timestamp
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

const (
	// LongSilence is after what silence of a host it is asked what it said meanwhile: its lane to us may have given up.
	LongSilence = 7 * 24 * time.Hour
	// LongAbsence is after what absence of this instance everybody is asked.
	LongAbsence = 3 * 24 * time.Hour
	// AbsenceOverlap is how far before an absence is looked: the clocks of two hosts differ, dates on the wire are rounded,
	// and the last things may have been on their way.
	AbsenceOverlap = time.Hour
)

// Moments of this instance's life, in milliseconds.
const (
	SettingAlive    = "alive_at"    // when it last ran
	SettingReturned = "returned_at" // when it last came back from a long absence
)

// moment gives a setting that is a moment; 0 where there is none.
func (tx *Tx) moment(key string) (Timestamp, error) {
	said, err := tx.Setting(key)
	if err != nil || said == "" {
		return 0, err
	}
	at, err := strconv.ParseInt(said, 10, 64)
	if err != nil {
		return 0, nil // nobody but this program writes it
	}
	return Timestamp(at), nil
}

func (tx *Tx) putMoment(key string) error {
	return tx.PutSetting(key, strconv.FormatInt(int64(tx.Now()), 10))
}

// NoteSilences notes which hosts spoke again after a long silence, since it was last called. One that never spoke before was
// not silent, and while this instance was away nobody could be heard.
func (tx *Tx) NoteSilences() error {
	returned, err := tx.moment(SettingReturned)
	if err != nil {
		return err
	}
	if tx.Now().Time().Sub(returned.Time()) >= LongSilence {
		err := tx.db.Exec(`INSERT INTO absence (host, since, created_at) SELECT host, heard_at, CAST(? AS bigint) FROM peer
			WHERE heard_at > 0 AND last_inbound_at - heard_at >= ? ON CONFLICT DO NOTHING`, tx.Now(), LongSilence.Milliseconds()).Error
		if err != nil {
			return translate(err, "absence")
		}
	}
	err = tx.db.Exec("UPDATE peer SET heard_at = last_inbound_at WHERE heard_at <> last_inbound_at").Error
	return translate(err, "peer")
}

// addAbsence notes an absence. Of two that nobody looked into, the one that began first counts.
func (tx *Tx) addAbsence(host string, since Timestamp) error {
	row := Absence{Host: host, Since: since, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "absence")
}

// StayAlive notes that this instance runs. After a start, an absence that was long is noted as well.
func (tx *Tx) StayAlive(isStart bool) error {
	if isStart {
		if err := tx.noteAbsence(); err != nil {
			return err
		}
	}
	return tx.putMoment(SettingAlive)
}

func (tx *Tx) noteAbsence() error {
	since, err := tx.moment(SettingAlive)
	if err != nil || since == 0 || tx.Now().Time().Sub(since.Time()) < LongAbsence {
		return err
	}
	if err := tx.addAbsence("", since); err != nil {
		return err
	}
	return tx.putMoment(SettingReturned)
}

// OldestAbsence gives an absence that was not looked into; NotFound when there is none.
func (tx *Tx) OldestAbsence() (*Absence, error) {
	return first[Absence](tx.db.Order("created_at, host"), "absence")
}

// EndAbsence forgets an absence that was looked into.
func (tx *Tx) EndAbsence(host string) error {
	return translate(tx.db.Delete(&Absence{}, "host = ?", host).Error, "absence")
}

// FollowedElsewhere lists the members and communities of a host that somebody here follows, accepted, those with most
// followers here first; of all hosts for "".
func (tx *Tx) FollowedElsewhere(host string, limit int) ([]Actor, error) {
	query := tx.db.Where("NOT local AND deleted_at = 0 AND suspended_at = 0 AND outbox <> '' AND type <> ?", TypeFeed)
	if host != "" {
		query = query.Where("host = ? OR uri LIKE ? ESCAPE '\\'", host, "%://"+escapeLike(host)+"/%")
	}
	query = query.Where(`id IN (SELECT f.target_id FROM follow f JOIN actor m ON m.id = f.actor_id AND m.local WHERE f.state = ?)`, FollowAccepted)
	return list[Actor](query.Order("followers_count DESC, id").Limit(limit), "actors")
}

// CameBefore reports whether an activity of an actor came here before a moment.
func (tx *Tx) CameBefore(activityURI, actorURI string, moment Timestamp) (bool, error) {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where("activity_uri = ? AND signer_uri = ? AND received_at <= ?", activityURI, actorURI, moment).
		Limit(1).Count(&n).Error
	return n > 0, translate(err, "inbox entry")
}
