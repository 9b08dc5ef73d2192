package inbox_test

import (
	"database/sql"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"praxis/federation/inbox"
	"praxis/federation/vocab"
)

// owned gives what belongs to anybody but mallory, for comparison. What anybody may add to is left out: counts, and what
// mallory's own follows and likes are.
func (w *world) owned(t *testing.T) string {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.server.Config.Database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	for _, query := range []string{
		"SELECT uri, type, username, handle, display_name, inbox, substr(public_key_pem, 100, 40), ed25519_key, moved_to_uri, suspended_at, deleted_at FROM actor WHERE username <> 'mallory' AND fetched_at = 0 OR username = 'carl' ORDER BY id",
		"SELECT uri, content, title, visibility, community_id, accepted_answer_id, edited_at, deleted_at, removed_at FROM post WHERE author_id NOT IN (SELECT id FROM actor WHERE username = 'mallory') ORDER BY id",
		"SELECT uri, actor_id, target_id, state FROM follow WHERE actor_id NOT IN (SELECT id FROM actor WHERE username = 'mallory') ORDER BY id",
		"SELECT uri, actor_id, post_id FROM favourite WHERE actor_id NOT IN (SELECT id FROM actor WHERE username = 'mallory') ORDER BY id",
		"SELECT uri, actor_id, target_id FROM block WHERE actor_id NOT IN (SELECT id FROM actor WHERE username = 'mallory') ORDER BY id",
		"SELECT community_id, actor_id, role FROM moderator ORDER BY community_id, actor_id",
		"SELECT uri FROM tombstone WHERE actor_uri NOT LIKE '%mallory' OR uri LIKE 'https://a.test/%'",
	} {
		writeRows(t, db, query, &out)
	}
	return out.String()
}

func writeRows(t *testing.T, db *sql.DB, query string, out *strings.Builder) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(out, values...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestA37_NoHandlerChangesWhatIsAnothers: for every row of the dispatch table, and everything that is carl's, ana's or the
// community's: mallory names it in every way, as stub and as whole, and nothing of theirs changes.
func TestA37_NoHandlerChangesWhatIsAnothers(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	note := w.carl.Note("carl-note", "carl's own", addressed(w.community.URI))
	question := w.ana.Post("@woundcare@a.test What now?\n\nI ask.")["uri"].(string)
	answer := w.carl.Note("carl-answer", "This.", func(n M) { n["inReplyTo"], n["cc"] = question, []string{w.community.URI} })
	follow := w.carl.Activity("Follow", "carl-follow", w.community.URI)
	like := w.carl.Activity("Like", "carl-like", question)
	boost := w.carl.Activity("Announce", "carl-boost", question)
	block := w.carl.Activity("Block", "carl-block", w.server.Member("zoe").Actor.URI)
	choice := w.ana.Actor.URI
	for i, activity := range []M{
		w.carl.Activity("Create", "carl-1", note), w.carl.Activity("Create", "carl-2", answer), follow, like, boost, block,
	} {
		w.send(w.carl, activity)
		if i == 1 && !w.hasPost(answer["id"].(string)) {
			t.Fatal("the answer did not come in")
		}
	}
	w.send(w.mallory, w.follow(w.mallory))
	before := w.owned(t)
	if strings.Count(before, "\n") < 12 {
		t.Fatalf("there is little to guard:\n%s", before)
	}
	objects := []any{
		note["id"], altered(note),
		M{"type": "Tombstone", "id": note["id"]},
		question, answer["id"], w.community.URI, w.ana.Actor.URI,
		w.carl.URI, altered(w.carl.Doc),
		M{"type": "Group", "id": w.community.URI, "name": "mallory's"},
		follow["id"], follow, like["id"], like, boost["id"], boost, block["id"], block,
		M{"type": "Follow", "actor": w.carl.URI, "object": w.community.URI},
		M{"type": "Like", "actor": w.carl.URI, "object": question},
		M{"type": "ChooseAnswer", "actor": choice, "object": answer["id"]},
		M{"type": "Block", "actor": w.carl.URI, "object": w.ana.Actor.URI},
	}
	n := 0
	for _, kind := range inbox.Types() {
		for _, object := range objects {
			n++
			activity := w.mallory.Activity(kind, fmt.Sprint("m", n), object, func(a M) {
				a["target"], a["origin"], a["instrument"], a["result"] = question, w.carl.URI, note["id"], note["id"]
				a["audience"] = w.community.URI
			})
			if status, body := w.mallory.Send(w.server, activity); status >= 500 {
				t.Fatalf("%s of %v is answered %d %s", kind, object, status, body)
			}
		}
		w.Settle()
		if after := w.owned(t); after != before {
			t.Fatalf("what %s by mallory changed (-before +after):\n%s", kind, cmp.Diff(before, after))
		}
	}
	if strings.Contains(w.server.Log(), "caused a panic") {
		t.Error("there was a panic")
	}
	t.Logf("%d activities of %d types", n, len(inbox.Types()))
}

// altered is a document with other words, said to be newer.
func altered(doc M) M {
	changed := maps.Clone(doc)
	changed["content"], changed["name"], changed["updated"] = "mallory was here", "mallory", "2027-01-01T00:00:00Z"
	changed["to"] = []string{vocab.Public}
	return changed
}
