package practice_test

import (
	"crypto/rand"
	"database/sql"
	"flag"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// recounts are what the counters must agree with: rows that break the rule are offences.
var recounts = map[string]string{
	"followers": `SELECT a.handle, a.followers_count, (SELECT count(*) FROM follow f WHERE f.target_id = a.id AND f.state = 'accepted') AS n
		FROM actor a WHERE a.followers_count <> (SELECT count(*) FROM follow f WHERE f.target_id = a.id AND f.state = 'accepted')`,
	"following": `SELECT a.handle, a.following_count, (SELECT count(*) FROM follow f WHERE f.actor_id = a.id AND f.state = 'accepted') AS n
		FROM actor a WHERE a.following_count <> (SELECT count(*) FROM follow f WHERE f.actor_id = a.id AND f.state = 'accepted')`,
	"posts": `SELECT a.handle, a.posts_count, (SELECT count(*) FROM post p WHERE p.author_id = a.id AND p.reblog_of_id = 0 AND p.deleted_at = 0) AS n
		FROM actor a WHERE a.posts_count <> (SELECT count(*) FROM post p WHERE p.author_id = a.id AND p.reblog_of_id = 0 AND p.deleted_at = 0)`,
	"likes": `SELECT p.uri, p.likes_count, (SELECT count(*) FROM favourite f WHERE f.post_id = p.id) AS n
		FROM post p WHERE p.deleted_at = 0 AND p.likes_count <> (SELECT count(*) FROM favourite f WHERE f.post_id = p.id)`,
	"shares": `SELECT p.uri, p.shares_count, 0 AS n FROM post p WHERE p.deleted_at = 0 AND p.shares_count <> (SELECT count(*) FROM post b
		JOIN actor a ON a.id = b.author_id AND a.type <> 'Group' WHERE b.reblog_of_id = p.id AND b.deleted_at = 0)`,
	"replies": `SELECT p.uri, p.replies_count, 0 AS n FROM post p WHERE p.deleted_at = 0 AND p.replies_count <> (SELECT count(*) FROM post r
		WHERE r.in_reply_to_id = p.id AND r.deleted_at = 0 AND r.visibility IN ('public', 'unlisted'))`,
	"quotes": `SELECT p.uri, p.quotes_count, 0 AS n FROM post p WHERE p.deleted_at = 0 AND p.quotes_count <> (SELECT count(*) FROM post q
		WHERE q.quote_of_id = p.id AND q.quote_state = 'accepted' AND q.deleted_at = 0 AND q.visibility IN ('public', 'unlisted'))`,
	// What has to be true of rows beside the counters.
	"follows between blocked actors": `SELECT f.uri, 0, 0 FROM follow f JOIN block b
		ON (b.actor_id = f.actor_id AND b.target_id = f.target_id) OR (b.actor_id = f.target_id AND b.target_id = f.actor_id)`,
	"homes with deleted posts":     `SELECT p.uri, 0, 0 FROM home_entry h JOIN post p ON p.id = h.original_id WHERE p.deleted_at <> 0`,
	"replies in another thread":    `SELECT r.uri, 0, 0 FROM post r JOIN post p ON p.id = r.in_reply_to_id WHERE r.thread_id <> p.thread_id`,
	"accepted answers of nothing":  `SELECT q.uri, 0, 0 FROM post q JOIN post a ON a.id = q.accepted_answer_id WHERE a.deleted_at <> 0 OR a.thread_id <> q.id`,
	"fewer readers in a community": `SELECT p.uri, 0, 0 FROM post p WHERE p.community_id <> 0 AND p.reblog_of_id = 0 AND p.visibility IN ('private', 'direct')`,
	"requests that are no longer": `SELECT a.handle, 0, 0 FROM notification n JOIN actor a ON a.id = n.owner_id WHERE n.type = 'follow_request'
		AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = n.actor_id AND f.state = 'pending')`,
	"quotes of what only some read": `SELECT q.uri, 0, 0 FROM post q JOIN post p ON p.id = q.quote_of_id WHERE q.quote_state = 'accepted'
		AND q.author_id <> p.author_id AND p.visibility NOT IN ('public', 'unlisted')`,
	"followers that are no longer": `SELECT a.handle, 0, 0 FROM notification n JOIN actor a ON a.id = n.owner_id WHERE n.type = 'follow'
		AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = n.actor_id AND f.target_id = n.owner_id AND f.state = 'accepted')`,
}

func recount(db *sql.DB) error {
	var offences []string
	for what, query := range recounts {
		rows, err := db.Query(query)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		for rows.Next() {
			var name string
			var stored, counted int64
			if err := rows.Scan(&name, &stored, &counted); err != nil {
				return err
			}
			offences = append(offences, fmt.Sprintf("%s: %s has %d, rows say %d", what, name, stored, counted))
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	if len(offences) > 0 {
		return fmt.Errorf("%s", strings.Join(offences, "\n"))
	}
	return nil
}

// TestCountsAgreeWithRows does things in any order and recounts after each: what is shown as a number is the number of
// rows, at once.
func TestCountsAgreeWithRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, value := range map[string]string{"rapid.checks": "12", "rapid.steps": "40", "rapid.nofailfile": "true"} {
			if flag.Lookup(name).Value.String() == flag.Lookup(name).DefValue {
				if err := flag.Set(name, value); err != nil {
					t.Fatal(err)
				}
			}
		}
		keys, err := sign.GenerateKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		w.verbs.UseKeys(func() (*sign.Keys, error) { return keys, nil })
		db, run := w.database(), 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			town := w.newTown(run)
			r.Repeat(map[string]func(*rapid.T){
				"":              func(r *rapid.T) { failOn(r, recount(db)) },
				"follow":        town.follow,
				"unfollow":      town.unfollow,
				"answer":        town.answerFollow,
				"remove":        town.removeFollower,
				"block":         town.block,
				"unblock":       town.unblock,
				"write":         town.write,
				"receive":       town.receive,
				"delete":        town.delete,
				"favourite":     town.favourite,
				"unfavourite":   town.unfavourite,
				"share":         town.share,
				"unshare":       town.unshare,
				"accept answer": town.acceptAnswer,
				"revoke quote":  town.revokeQuote,
				"decide quote":  town.decideQuote,
				"leave":         town.leave,
			})
		})
	})
}

// town is the actors and posts of one run.
type town struct {
	w         *world
	run, note int
	actors    []*models.Actor
	posts     []*models.Post
}

func (w *world) newTown(run int) *town {
	name := func(base string) string { return fmt.Sprintf("%s%d", base, run) }
	t := &town{w: w, run: run}
	t.actors = []*models.Actor{
		w.member(name("ida")), w.member(name("jo")), w.member(name("kim")),
		w.remote(name("lea")+"@peer.test", models.TypePerson), w.remote(name("max")+"@other.test", models.TypePerson),
	}
	w.lock(t.actors[2])
	t.actors = append(t.actors, w.newCommunity(practice.NewCommunity{Username: name("open"), Convener: t.actors[0]}),
		w.newCommunity(practice.NewCommunity{Username: name("shut"), Convener: t.actors[1], Request: true}))
	return t
}

// failOn lets refusals pass: they are the verbs' to make, and must change nothing. A fault of ours is none.
func failOn(r *rapid.T, err error) {
	if err == nil {
		return
	}
	switch models.ErrorCode(err) {
	case models.Internal, models.Unavailable:
		r.Fatal(err)
	}
}

func (t *town) anybody(r *rapid.T, label string) *models.Actor {
	return t.w.actor(rapid.SampledFrom(t.actors).Draw(r, label))
}

func (t *town) person(r *rapid.T) *models.Actor {
	return t.w.actor(rapid.SampledFrom(t.actors[:5]).Draw(r, "person"))
}

func (t *town) post(r *rapid.T) *models.Post {
	if len(t.posts) == 0 {
		r.Skip("no posts yet")
	}
	return rapid.SampledFrom(t.posts).Draw(r, "post")
}

func (t *town) uri(kind string) string {
	t.note++
	return fmt.Sprintf("https://peer.test/%s/%d-%d", kind, t.run, t.note)
}

func (t *town) follow(r *rapid.T) {
	actor, target := t.person(r), t.anybody(r, "target")
	if !actor.Local && !target.Local {
		r.Skip("nothing of ours")
	}
	opts := practice.FollowOptions{}
	if !actor.Local {
		opts.URI = t.uri("follow")
	}
	_, err := t.w.verbs.Follow(t.w.ctx(), actor, target, opts)
	failOn(r, err)
}

func (t *town) unfollow(r *rapid.T) {
	failOn(r, t.w.verbs.Unfollow(t.w.ctx(), t.person(r), t.anybody(r, "target")))
}

func (t *town) answerFollow(r *rapid.T) {
	failOn(r, t.w.verbs.AnswerFollow(t.w.ctx(), t.anybody(r, "target"), t.person(r), rapid.Bool().Draw(r, "accept")))
}

func (t *town) removeFollower(r *rapid.T) {
	failOn(r, t.w.verbs.RemoveFollower(t.w.ctx(), t.anybody(r, "followed"), t.person(r)))
}

func (t *town) block(r *rapid.T) {
	failOn(r, t.w.verbs.Block(t.w.ctx(), t.anybody(r, "blocker"), t.person(r), t.uri("block")))
}

func (t *town) unblock(r *rapid.T) {
	failOn(r, t.w.verbs.Unblock(t.w.ctx(), t.anybody(r, "blocker"), t.person(r)))
}

func visibility(r *rapid.T) string {
	return rapid.SampledFrom([]string{models.Public, models.Public, models.Unlisted, models.Private, models.Direct}).Draw(r, "visibility")
}

// write lets a member write, perhaps a reply, perhaps into a community.
func (t *town) write(r *rapid.T) {
	author := t.actors[rapid.IntRange(0, 2).Draw(r, "member")]
	text := rapid.SampledFrom([]string{"hello", "@open%d a thread", "@shut%d a thread", "#solved", "@jo%d look"}).Draw(r, "text")
	if strings.Contains(text, "%d") {
		text = fmt.Sprintf(text, t.run)
	}
	draft := practice.Draft{Author: t.w.actor(author), Text: text, Visibility: visibility(r)}
	if len(t.posts) > 0 && rapid.Bool().Draw(r, "reply") {
		draft.InReplyTo = t.post(r)
	}
	if len(t.posts) > 0 && rapid.Bool().Draw(r, "quote") {
		draft.Quoted = t.post(r)
	}
	if draft.Author.IsGone() {
		r.Skip("gone")
	}
	t.add(r, draft)
}

// receive takes a remote post: perhaps a reply to a known post, or to one that comes later.
func (t *town) receive(r *rapid.T) {
	author := t.w.actor(t.actors[rapid.IntRange(3, 4).Draw(r, "author")])
	id := func(n int) string { return fmt.Sprintf("%d-%d", t.run, n) }
	draft := t.w.note(author, id(rapid.IntRange(0, 9).Draw(r, "note")), "hello", to(visibility(r)))
	draft.Backfilled = rapid.Bool().Draw(r, "backfilled")
	switch rapid.IntRange(0, 3).Draw(r, "reply") {
	case 0:
		other := rapid.SampledFrom([]string{"peer.test", "other.test"}).Draw(r, "host")
		draft.InReplyToURI = "https://" + other + "/notes/" + id(rapid.IntRange(0, 9).Draw(r, "parent"))
	case 1:
		draft.InReplyToURI = t.post(r).URI
	case 2:
		draft.Community = t.w.actor(t.actors[5])
	}
	if len(t.posts) > 0 && rapid.Bool().Draw(r, "quote") {
		quoted := t.post(r)
		draft.Quote = &practice.Quote{URI: quoted.URI, Post: quoted}
	}
	if author.IsGone() || draft.Community != nil && draft.Community.IsGone() {
		r.Skip("gone")
	}
	t.add(r, draft)
}

func (t *town) add(r *rapid.T, draft practice.Draft) {
	post, err := t.w.verbs.Post(t.w.ctx(), draft)
	if failOn(r, err); err == nil {
		t.posts = append(t.posts, post)
	}
}

func (t *town) delete(r *rapid.T) {
	post := t.post(r)
	author, err := t.w.read().Actor(post.AuthorID)
	failOn(r, err)
	failOn(r, t.w.verbs.Delete(t.w.ctx(), author, post, practice.Cause{}))
}

func (t *town) favourite(r *rapid.T) {
	failOn(r, t.w.verbs.Favourite(t.w.ctx(), t.person(r), t.post(r), t.uri("like"), practice.Cause{}))
}

func (t *town) unfavourite(r *rapid.T) {
	failOn(r, t.w.verbs.Unfavourite(t.w.ctx(), t.person(r), t.post(r), practice.Cause{}))
}

func (t *town) share(r *rapid.T) {
	_, err := t.w.verbs.Share(t.w.ctx(), t.person(r), t.post(r), t.uri("announce"), 0)
	failOn(r, err)
}

func (t *town) unshare(r *rapid.T) {
	failOn(r, t.w.verbs.Unshare(t.w.ctx(), t.person(r), t.post(r)))
}

func (t *town) acceptAnswer(r *rapid.T) {
	failOn(r, t.w.verbs.Answer(t.w.ctx(), t.person(r), t.post(r), t.post(r), rapid.Bool().Draw(r, "withdraw"), practice.Cause{}))
}

func (t *town) revokeQuote(r *rapid.T) {
	failOn(r, t.w.verbs.RevokeQuote(t.w.ctx(), t.person(r), t.post(r)))
}

func (t *town) decideQuote(r *rapid.T) {
	quoting := t.post(r)
	quoted, err := t.w.read().PostByURI(quoting.QuoteOfURI)
	if models.IsNotFound(err) {
		r.Skip("quotes nothing")
	}
	failOn(r, err)
	failOn(r, t.w.verbs.DecideQuote(t.w.ctx(), practice.QuoteAsk{
		Actor: t.person(r), Quoted: quoted, Quoting: quoting, QuotingURI: quoting.URI, URI: t.uri("request"),
	}))
}

// leave removes an actor, seldom: the town would be empty soon.
func (t *town) leave(r *rapid.T) {
	if rapid.IntRange(0, 9).Draw(r, "really") != 0 {
		r.Skip("stays")
	}
	failOn(r, t.w.verbs.DeleteActor(t.w.ctx(), t.anybody(r, "leaver")))
}
