package models

import (
	"encoding/json"

	"gorm.io/gorm"
)

// SiblingReport is what a sibling last said of itself.
type SiblingReport struct {
	PairID      int64     `gorm:"primaryKey;autoIncrement:false"`
	Members     int64     // -1 where it says nothing of them
	MemberHosts string    // JSON: the number of members by host
	InStep      string    // JSON: until when it is in step with each of its siblings, by the address of the Group
	AskedAt     Timestamp // when it was last asked
	AnsweredAt  Timestamp // when it last answered
	Failed      string    // why it did not, in words; "" when it did
	TotalsUntil Timestamp // until when it told its totals, by its own clock
	Differs     int64     // how many posts were not alike when the two last compared
}

// TableName names the table.
func (SiblingReport) TableName() string { return "sibling_report" }

// SetInStep stores until when it is in step with each sibling.
func (r *SiblingReport) SetInStep(until map[string]Timestamp) { r.InStep = jsonOf(until) }

// InStepWith gives until when it is in step with a Group; 0 where it says nothing of that.
func (r *SiblingReport) InStepWith(group string) Timestamp {
	var until map[string]Timestamp
	_ = json.Unmarshal([]byte(r.InStep), &until) // "" says nothing
	return until[group]
}

// SetHosts stores the numbers of members by host.
func (r *SiblingReport) SetHosts(members map[string]int64) { r.MemberHosts = jsonOf(members) }

// Hosts gives the numbers of members by host.
func (r *SiblingReport) Hosts() map[string]int64 {
	var members map[string]int64
	_ = json.Unmarshal([]byte(r.MemberHosts), &members)
	return members
}

func jsonOf[V any](values map[string]V) string {
	if len(values) == 0 {
		return ""
	}
	said, err := json.Marshal(values)
	if err != nil { // there is no such map
		return ""
	}
	return string(said)
}

// SiblingReport gives what a sibling said; nothing where it was never asked.
func (tx *Tx) SiblingReport(pairID int64) (*SiblingReport, error) {
	found, err := first[SiblingReport](tx.db.Where("pair_id = ?", pairID), "report")
	if IsNotFound(err) {
		return &SiblingReport{PairID: pairID, Members: -1}, nil
	}
	return found, err
}

// TotalsAgain lets the siblings of a community of ours be asked again for totals that they told since a moment: of a post that comes
// later than these, nobody heard.
func (tx *Tx) TotalsAgain(communityID int64, since Timestamp) error {
	err := tx.db.Model(&SiblingReport{}).Where("totals_until > ? AND pair_id IN (SELECT id FROM community_sibling WHERE community_id = ?)", since, communityID).
		UpdateColumn("totals_until", since).Error
	return translate(err, "reports")
}

// SiblingReports gives what siblings said, by pair.
func (tx *Tx) SiblingReports(pairs []Sibling) (map[int64]SiblingReport, error) {
	found := map[int64]SiblingReport{}
	if len(pairs) == 0 {
		return found, nil
	}
	ids := make([]int64, len(pairs))
	for i := range pairs {
		ids[i] = pairs[i].ID
	}
	rows, err := list[SiblingReport](tx.db.Where("pair_id IN ?", ids), "reports")
	for _, row := range rows {
		found[row.PairID] = row
	}
	return found, err
}

// SaveSiblingReport stores what a sibling said.
func (tx *Tx) SaveSiblingReport(r *SiblingReport) error {
	return translate(tx.db.Save(r).Error, "report")
}

// SiblingDiffers stores how many posts of a sibling were not alike.
func (tx *Tx) SiblingDiffers(pairID, n int64) error {
	report, err := tx.SiblingReport(pairID)
	if err != nil || report.Differs == n {
		return err
	}
	report.Differs = n
	return tx.SaveSiblingReport(report)
}

// QueuesTo gives how many deliveries wait for hosts.
func (tx *Tx) QueuesTo(hosts []string) (map[string]int64, error) {
	waiting := map[string]int64{}
	if len(hosts) == 0 {
		return waiting, nil
	}
	var rows []struct {
		Host string
		N    int64
	}
	err := tx.db.Raw("SELECT host AS host, count(*) AS n FROM delivery WHERE state = ? AND host IN ? GROUP BY host", DeliveryPending, hosts).Scan(&rows).Error
	for _, row := range rows {
		waiting[row.Host] = row.N
	}
	return waiting, translate(err, "deliveries")
}

// DueReports lists the live pairs whose sibling was not asked since a moment, or did not answer before a later one and was heard of since:
// after an outage both find each other again one after the other. Those that were heard last come first.
func (tx *Tx) DueReports(before, again Timestamp, limit int) ([]Sibling, error) {
	query := tx.db.Joins("LEFT JOIN sibling_report r ON r.pair_id = community_sibling.id").
		Where(`community_sibling.state = ? AND (r.asked_at IS NULL OR r.asked_at <= ?
			OR r.failed <> '' AND r.asked_at <= ? AND community_sibling.heard_at > r.asked_at)`, SiblingLive, before, again).
		Order("community_sibling.heard_at DESC, community_sibling.id").Limit(limit)
	return list[Sibling](query, "siblings")
}

// CountMembers counts the people who follow a community of ours.
func (tx *Tx) CountMembers(communityID int64) (int64, error) {
	var n int64
	err := tx.members(communityID).Count(&n).Error
	return n, translate(err, "members")
}

// MembersByHost counts them by their hosts; hosts with fewer than some are left out.
func (tx *Tx) MembersByHost(communityID int64, least int) (map[string]int64, error) {
	var rows []struct {
		Host string
		N    int64
	}
	err := tx.members(communityID).Select("a.host AS host, count(*) AS n").Group("a.host").Having("count(*) >= ?", least).Scan(&rows).Error
	found := map[string]int64{}
	for _, row := range rows {
		found[row.Host] = row.N
	}
	return found, translate(err, "members")
}

// members are the people who follow a community, as a query.
func (tx *Tx) members(communityID int64) *gorm.DB {
	return tx.db.Table("follow f").Joins("JOIN actor a ON a.id = f.actor_id").
		Where("f.target_id = ? AND f.state = ? AND a.type = ? AND a.deleted_at = 0 AND a.suspended_at = 0", communityID, FollowAccepted, TypePerson)
}
