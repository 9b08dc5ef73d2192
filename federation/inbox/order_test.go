package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// permutations gives all orders of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := 0; at <= len(shorter); at++ {
			order := append([]int{}, shorter[:at]...)
			all = append(all, append(append(order, n-1), shorter[at:]...))
		}
	}
	return all
}

// TestF05_OrderDoesNotMatter: whatever order a peer's activities arrive in, and each of them twice, one state comes out.
func TestF05_OrderDoesNotMatter(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	liked := w.ana.Post("like me or not")["uri"].(string)
	for number, order := range permutations(3) {
		t.Run(fmt.Sprint("post", order), func(t *testing.T) {
			name := fmt.Sprintf("note-%d", number)
			note, edited := w.carl.Note(name, "first"), w.carl.Note(name, "second")
			edited["updated"] = vocab.FormatTime(w.Clock.Now().Add(time.Second))
			w.sendInOrder(order,
				w.carl.Activity("Create", name+"-c", note), w.carl.Activity("Update", name+"-u", edited),
				w.carl.Activity("Delete", name+"-d", M{"type": "Tombstone", "id": note["id"]}))
			if w.hasPost(note["id"].(string)) {
				t.Error("the post is there though it was deleted")
			}
		})
	}
	for number, order := range permutations(2) {
		t.Run(fmt.Sprint("like", order), func(t *testing.T) {
			like := w.carl.Activity("Like", fmt.Sprintf("like-%d", number), liked)
			w.sendInOrder(order, like, w.carl.Activity("Undo", fmt.Sprintf("unlike-%d", number), like))
			if n := w.post(liked).LikesCount; n != 0 {
				t.Errorf("%d likes, of which all were taken back", n)
			}
		})
		t.Run(fmt.Sprint("follow", order), func(t *testing.T) {
			before := w.server.Count("follow")
			follow := w.carl.Activity("Follow", fmt.Sprintf("follow-%d", number), w.community.URI)
			w.sendInOrder(order, follow, w.carl.Activity("Undo", fmt.Sprintf("unfollow-%d", number), follow))
			if n := w.server.Count("follow"); n != before {
				t.Errorf("%d follows, %d before a follow that was taken back", n, before)
			}
		})
		t.Run(fmt.Sprint("boost", order), func(t *testing.T) {
			boost := w.carl.Activity("Announce", fmt.Sprintf("boost-%d", number), liked)
			w.sendInOrder(order, boost, w.carl.Activity("Undo", fmt.Sprintf("unboost-%d", number), boost))
			if n := w.post(liked).SharesCount; n != 0 {
				t.Errorf("%d boosts, of which all were taken back", n)
			}
		})
		t.Run(fmt.Sprint("edit", order), func(t *testing.T) {
			name := fmt.Sprintf("edited-%d", number)
			w.send(w.carl, w.carl.Activity("Create", name, w.carl.Note(name, "first")))
			second, third := w.carl.Note(name, "second"), w.carl.Note(name, "third")
			now := w.Clock.Now()
			w.Clock.Advance(time.Minute)
			second["updated"], third["updated"] = vocab.FormatTime(now.Add(time.Second)), vocab.FormatTime(now.Add(2*time.Second))
			w.sendInOrder(order, w.carl.Activity("Update", name+"-2", second), w.carl.Activity("Update", name+"-3", third))
			if text := w.post(second["id"].(string)).Content; !strings.Contains(text, "third") {
				t.Errorf("the post says %q", text)
			}
		})
	}
}

func (w *world) sendInOrder(order []int, activities ...M) {
	w.T.Helper()
	for _, i := range order {
		w.send(w.carl, activities[i])
		w.send(w.carl, activities[i])
	}
}

// TestF05_OrderOfAPracticeThread: a question, its answer, and what is said of that by command, come to the same in any order.
func TestF05_OrderOfAPracticeThread(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	reply := func(by *testrig.PeerActor, name, text string, parent M) M {
		return by.Note(name, text, func(n M) { n["inReplyTo"] = parent["id"] })
	}
	for number, order := range permutations(4) {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			w.Clock.Advance(2 * time.Hour) // so that all commands count
			name := fmt.Sprintf("thread-%d-", number)
			question := w.carl.Note(name+"q", "Which dressing?", func(n M) { n["additionalType"] = "https://w3id.org/fep/69f0/InformationRequest" })
			answer := reply(w.mallory, name+"a", "Foam.", question)
			helped := reply(w.carl, name+"helped", "#helped", answer)
			solved := reply(w.carl, name+"solved", "#solved", answer)
			all := []M{
				w.carl.Activity("Create", name+"q", question), w.mallory.Activity("Create", name+"a", answer),
				w.carl.Activity("Create", name+"h", helped), w.carl.Activity("Create", name+"s", solved),
			}
			for _, i := range order {
				by := w.carl
				if i == 1 {
					by = w.mallory
				}
				w.send(by, all[i])
				w.send(by, all[i])
			}
			asked, answered := w.post(question["id"].(string)), w.post(answer["id"].(string))
			parts, err := w.server.Store.Read(t.Context()).PracticeParts([]int64{asked.ID})
			if err != nil {
				t.Fatal(err)
			}
			got := practice.PracticeOf(asked, parts, models.At(w.Clock.Now()))
			if asked.AcceptedAnswerID != answered.ID || got.State != practice.StateSolved || len(got.Helpful) != 1 || got.Helpful[0] != answered.ID {
				t.Errorf("accepted is %d of %d, the state %s, helpful are %v", asked.AcceptedAnswerID, answered.ID, got.State, got.Helpful)
			}
		})
	}
}

// TestF01_SameActivityToEachInbox: one object and one effect, and 202 for each delivery.
func TestF01_SameActivityToEachInbox(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	bea := w.server.Member("bea")
	bea.Follow("@carl@peer.test")
	w.Settle()
	w.send(w.carl, w.carl.Activity("Accept", "accept-bea", w.lastFollow()))
	create := w.carl.Activity("Create", "many", w.carl.Note("many", "to each of you"))
	for _, inbox := range []string{w.ana.Actor.URI + "/inbox", bea.Actor.URI + "/inbox", "https://a.test/inbox"} {
		if status, body := w.carl.SendTo(inbox, create); status != 202 {
			t.Errorf("%s answers %d %s", inbox, status, body)
		}
	}
	w.Settle()
	for _, member := range []*testrig.Member{w.ana, bea} {
		if n := len(member.Home()); n != 1 {
			t.Errorf("%s has %d posts at home", member.Actor.Username, n)
		}
	}
}

// TestB32_C12_C13_ContextsAndForeignSignaturesAreNotFollowed: JSON-LD is read as JSON. Nobody is asked for a context,
// and what an LD signature or a proof claims changes nothing.
func TestB32_C12_C13_ContextsAndForeignSignaturesAreNotFollowed(t *testing.T) {
	w := newWorld(t)
	w.befriended()
	many := make([]any, 0, 10_001)
	many = append(many, "https://www.w3.org/ns/activitystreams")
	for range 10_000 {
		many = append(many, "https://contexts.test/bomb")
	}
	for name, extra := range map[string]M{
		"unknown": {"@context": "https://contexts.test/own"},
		"many":    {"@context": many},
		"inline":  {"@context": M{"content": "as:summary", "@import": "https://contexts.test/import"}},
		"ld": {
			"signature": M{"type": "RsaSignature2017", "creator": w.mallory.URI + "#main-key", "signatureValue": "AAAA"},
			"@graph":    []any{M{"id": "https://peer.test/notes/hidden", "type": "Note"}},
		},
		"proof": {"proof": M{
			"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
			"verificationMethod": w.mallory.URI + "#ed25519", "proofValue": "z1",
		}},
	} {
		note := w.carl.Note("ld-"+name, "plain "+name)
		create := w.carl.Activity("Create", "ld-"+name, note)
		for key, value := range extra {
			create[key] = value
		}
		w.send(w.carl, create)
		if text := w.post(note["id"].(string)).Content; !strings.Contains(text, "plain "+name) {
			t.Errorf("%s: the post says %q", name, text)
		}
	}
	if calls := w.Network.Calls("contexts.test"); calls != 0 {
		t.Errorf("%d requests for contexts", calls)
	}
	if w.hasPost("https://peer.test/notes/hidden") {
		t.Error("what stood in @graph is stored")
	}
	// A proof in another's name does not stand in for the signature of the request.
	forged := w.carl.Activity("Create", "forged", w.carl.Note("forged", "not by carl"))
	forged["signature"] = M{"type": "RsaSignature2017", "creator": w.carl.URI + "#main-key", "signatureValue": "AAAA"}
	if status, _ := w.mallory.Send(w.server, forged); status != 401 {
		t.Errorf("an activity of carl's that mallory signed is answered with %d", status)
	}
}

// TestFollowAgainUnderTheSameID: Misskey makes the id of a Follow from the two accounts, so it comes back.
func TestFollowAgainUnderTheSameID(t *testing.T) {
	w := newWorld(t)
	before := w.server.Count("follow")
	follow := w.carl.Activity("Follow", "carl-woundcare", w.community.URI)
	for round := range 2 {
		w.send(w.carl, follow)
		if n := w.server.Count("follow"); n != before+1 {
			t.Fatalf("round %d: %d follows after the Follow", round, n)
		}
		w.send(w.carl, w.carl.Activity("Undo", fmt.Sprint("undo-", round), follow))
		if n := w.server.Count("follow"); n != before {
			t.Fatalf("round %d: %d follows after the Undo", round, n)
		}
	}
}
