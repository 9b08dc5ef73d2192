package practice_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// tables are what verbs write to.
var tables = []string{
	"actor", "actor_key", "account", "community", "moderator", "follow", "post", "post_mention", "post_tag", "attachment", "favourite",
	"home_entry", "notification", "block", "report", "tombstone", "outbox_entry", "delivery", "idempotency", "web_session", "oauth_token",
}

// dump gives every row of every table.
func dump(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			var line strings.Builder
			for i, value := range values {
				fmt.Fprintf(&line, "%s=%v ", columns[i], value)
			}
			all[table] = append(all[table], line.String())
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all[table])
	}
	return all
}

// TestF03_AVerbIsDoneWholeOrNotAtAll lets the outbox fail at each event that a verb publishes: the verb must say so and
// leave nothing behind.
func TestF03_AVerbIsDoneWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.stage()
		db := w.database()
		for _, c := range v.cases() {
			for broken := 1; ; broken++ {
				before := dump(t, db)
				w.outbox.failAt = broken
				err := c.do()
				tried := w.outbox.failAt == 0
				w.outbox.failAt = 0
				if !tried { // it publishes fewer events than that, and is done now
					if err != nil {
						t.Fatalf("%s: %v", c.name, err)
					}
					if broken == 1 {
						t.Errorf("%s publishes nothing", c.name)
					}
					break
				}
				if !errors.Is(err, errOutbox) {
					t.Errorf("%s: the outbox failed at event %d, and the verb says %v", c.name, broken, err)
				}
				after := dump(t, db)
				for _, table := range tables {
					if !slices.Equal(before[table], after[table]) {
						t.Errorf("%s: the outbox failed at event %d, and table %s changed from\n%s\nto\n%s",
							c.name, broken, table, strings.Join(before[table], "\n"), strings.Join(after[table], "\n"))
					}
				}
			}
		}
	})
}

// stage is what the verbs are tried on.
type stage struct {
	*world
	carl, dora, group          *models.Actor
	thread, answer, plain, far *models.Post
	wish, quote                *models.Post // of carl to quote plain, of bo of far
}

func (w *world) stage() *stage {
	s := &stage{world: w, carl: w.remote("carl@peer.test", models.TypePerson), dora: w.remote("dora@peer.test", models.TypePerson)}
	s.group = w.remote("grp@lemmy.test", models.TypeGroup)
	w.lock(w.cy)
	for _, target := range []*models.Actor{w.bo, w.community} {
		_, err := w.verbs.Follow(w.ctx(), s.carl, target, practice.FollowOptions{URI: "https://peer.test/f/" + target.Username})
		w.ok(err)
	}
	_, err := w.verbs.Follow(w.ctx(), s.dora, w.cy, practice.FollowOptions{URI: "https://peer.test/f/dora"})
	w.ok(err)
	s.thread = w.write(w.bo, "@woundcare A question #ask")
	s.answer = w.write(w.cy, "an answer", under(s.thread))
	s.plain = w.write(w.bo, "plain")
	s.far = w.receive(w.note(s.carl, "1", "from afar", func(d *practice.Draft) { d.QuotePolicy = models.QuotesByPublic }))
	s.wish = w.receive(w.note(s.carl, "wish", "a wish", func(d *practice.Draft) { d.Quote = &practice.Quote{URI: s.plain.URI, Post: s.plain} }))
	s.quote = w.write(w.bo, "as carl says", func(d *practice.Draft) { d.Quoted = s.far })
	return s
}

type attempt struct {
	name string
	do   func() error
}

func (s *stage) cases() []attempt {
	ctx, verbs, none := s.ctx(), s.verbs, practice.Cause{}
	post := func(author *models.Actor, text string, changes ...func(*practice.Draft)) func() error {
		return func() error { _, err := s.tryWrite(author, text, changes...); return err }
	}
	return []attempt{
		{"Post", post(s.bo, "hello @ana #tag", func(d *practice.Draft) { d.IdempotencyKey = "k" })},
		{"Post into a community", post(s.bo, "@woundcare another question #ask")},
		{"Post of #solved", post(s.bo, "thanks #solved", under(s.answer))},
		{"Post from afar", func() error {
			_, err := verbs.Post(ctx, s.note(s.carl, "2", "into it", func(d *practice.Draft) {
				d.Community, d.Mentions = s.community, []*models.Actor{s.ana}
			}))
			return err
		}},
		{"Post taken later", func() error {
			_, err := verbs.Post(ctx, s.note(s.carl, "1", "", func(d *practice.Draft) { d.Community = s.community }))
			return err
		}},
		{"Admit", func() error {
			return verbs.Admit(ctx, s.group, s.plain, practice.Announced{URI: "https://lemmy.test/announce/1"})
		}},
		{"Edit", func() error {
			_, err := verbs.Edit(ctx, s.bo, s.plain, practice.Edit{Text: ptr("plain and @cy #edited")})
			return err
		}},
		{"Answer withdrawn", func() error { return verbs.Answer(ctx, s.ana, s.thread, s.answer, true, none) }},
		{"Favourite", func() error { return verbs.Favourite(ctx, s.cy, s.plain, "", none) }},
		{"Unfavourite", func() error { return verbs.Unfavourite(ctx, s.cy, s.plain, none) }},
		{"Share", func() error { _, err := verbs.Share(ctx, s.cy, s.plain, "", 0); return err }},
		{"Unshare", func() error { return verbs.Unshare(ctx, s.cy, s.plain) }},
		{"Post of a quote", post(s.bo, "carl said", func(d *practice.Draft) { d.Quoted = s.far })},
		{"QuoteAccepted", func() error { return verbs.QuoteAccepted(ctx, s.carl, s.quote, "https://peer.test/stamps/1") }},
		{"QuoteRejected", func() error { return verbs.QuoteRejected(ctx, s.carl, s.quote) }},
		{"DecideQuote", func() error {
			return verbs.DecideQuote(ctx, practice.QuoteAsk{Actor: s.carl, Quoted: s.plain, Quoting: s.wish, QuotingURI: s.wish.URI, URI: "https://peer.test/q/1"})
		}},
		{"RevokeQuote", func() error { return verbs.RevokeQuote(ctx, s.bo, s.wish) }},
		{"SetQuotePolicy", func() error { return verbs.SetQuotePolicy(ctx, s.bo, s.plain, models.QuotesByFollowers) }},
		{"Follow", func() error { _, err := verbs.Follow(ctx, s.bo, s.carl, practice.FollowOptions{}); return err }},
		{"Unfollow", func() error { return verbs.Unfollow(ctx, s.bo, s.carl) }},
		{"Follow from afar", func() error {
			_, err := verbs.Follow(ctx, s.dora, s.bo, practice.FollowOptions{URI: "https://peer.test/f/dora2"})
			return err
		}},
		{"DecideRequest", func() error { _, err := verbs.DecideRequest(ctx, s.cy, s.dora, true); return err }},
		{"RemoveFollower", func() error { return verbs.RemoveFollower(ctx, s.cy, s.dora) }},
		{"Block", func() error { return verbs.Block(ctx, s.bo, s.dora, "") }},
		{"Unblock", func() error { return verbs.Unblock(ctx, s.bo, s.dora) }},
		{"Report", func() error {
			_, err := verbs.Report(ctx, practice.Complaint{Reporter: s.bo, Target: s.carl, Posts: []*models.Post{s.far}, Comment: "rude", Forward: true})
			return err
		}},
		{"UpdateProfile", func() error {
			_, err := verbs.UpdateProfile(ctx, s.bo, practice.Profile{DisplayName: ptr("Bo")})
			return err
		}},
		{"Delete", func() error { return verbs.Delete(ctx, s.bo, s.thread, none) }},
		{"DeleteActor", func() error { return verbs.DeleteActor(ctx, s.bo) }},
	}
}
