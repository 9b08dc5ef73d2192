package models

// DomainBlockNotice is what may be told of a blocked host.
type DomainBlockNotice struct {
	Host          string
	Severity      string
	PublicComment string
	Obfuscate     bool // its name is not to be told
}

// DomainBlockNotices lists the blocked hosts as far as they may be told of.
func (tx *Tx) DomainBlockNotices() ([]DomainBlockNotice, error) {
	var rows []DomainBlockNotice
	err := tx.db.Model(&DomainBlock{}).Select("host, severity, public_comment, obfuscate").Order("host").Scan(&rows).Error
	return rows, translate(err, "domain blocks")
}

// PeersWith lists known hosts whose name begins with a text.
func (tx *Tx) PeersWith(prefix string, limit int) ([]string, error) {
	var hosts []string
	err := tx.db.Model(&Peer{}).Where(`host LIKE ? ESCAPE '\'`, escapeLike(prefix)+"%").Order("host").Limit(limit).Pluck("host", &hosts).Error
	return hosts, translate(err, "peers")
}

// WeekOfUse is what happened here in one week.
type WeekOfUse struct {
	Week    int64 // Mondays since the one of 29 December 1969
	Posts   int64 // by members
	Writers int64 // members who wrote any
	Members int64 // who came
}

// week numbers the weeks, which begin on Monday, of a column of timestamps: the Unix epoch was a Thursday.
func week(column string) string { return "(" + column + " + 259200000) / 604800000" }

// WeeksOfUse counts by week since a moment.
func (tx *Tx) WeeksOfUse(since Timestamp) (map[int64]WeekOfUse, error) {
	var posts, members []WeekOfUse
	err := tx.db.Model(&Post{}).Where("local AND reblog_of_id = 0 AND deleted_at = 0 AND published_at >= ?", since).
		Select(week("published_at") + " AS week, count(*) AS posts, count(DISTINCT author_id) AS writers").Group(week("published_at")).Scan(&posts).Error
	if err != nil {
		return nil, translate(err, "activity")
	}
	err = tx.db.Model(&Account{}).Where("created_at >= ?", since).
		Select(week("created_at") + " AS week, count(*) AS members").Group(week("created_at")).Scan(&members).Error
	found := map[int64]WeekOfUse{}
	for _, row := range posts {
		found[row.Week] = row
	}
	for _, row := range members {
		use := found[row.Week]
		use.Members = row.Members
		found[row.Week] = use
	}
	return found, translate(err, "activity")
}
