package inbox_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
)

// corpus holds payloads that other projects recorded. It lies beside the repository and may be absent.
var corpus = filepath.Join("..", "..", "..", "shared", "corpus")

// TestCorpus puts every recorded document through the front door: as it was recorded, and again as if actors of a peer had
// made it, so that it passes every check of origin and is carried out. It may be handled, ignored or refused; it never
// makes this server fail.
func TestCorpus(t *testing.T) {
	for project, least := range map[string]int{"lemmy": 85, "piefed": 10, "fedify": 6, "w3c-activitystreams": 70} {
		t.Run(project, func(t *testing.T) {
			names, err := filepath.Glob(filepath.Join(corpus, project, "*.json"))
			if err != nil || len(names) == 0 {
				t.Skipf("the recorded payloads of %s are not in %s", project, corpus)
			}
			c := newCorpusWorld(t)
			for _, name := range names {
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, document := range recorded(raw) {
					c.take(filepath.Base(name), document)
				}
			}
			c.Settle()
			c.judge(least)
			t.Logf("%d files, %d documents\n%s", len(names), len(c.files), c.table())
		})
	}
}

// recorded gives the documents of a file: one, or those that an example lists under a heading.
func recorded(raw []byte) [][]byte {
	var examples map[string][]json.RawMessage
	if json.Unmarshal(raw, &examples) != nil || len(examples) != 1 {
		return [][]byte{raw}
	}
	var all [][]byte
	for _, list := range examples {
		for _, item := range list {
			all = append(all, item)
		}
	}
	return all
}

// corpusWorld is an instance with a peer whose member and community ana follows: in their names the recorded documents come.
type corpusWorld struct {
	*world
	testing    *testing.T
	source     *testrig.Peer
	carl, grp  *testrig.PeerActor
	mine       string // a post of ana's
	files      []string
	deliveries map[string]string // activity id → file
	fates      map[string]string // file → what became of it
}

func newCorpusWorld(t *testing.T) *corpusWorld {
	t.Helper()
	w := newWorld(t)
	c := &corpusWorld{world: w, testing: t, deliveries: map[string]string{}, fates: map[string]string{}}
	c.source, c.grp = w.group("source.test", "lemmy")
	c.carl = c.source.Actor("carl", "Person")
	w.ana.Follow("@carl@source.test")
	w.Settle()
	for _, activity := range c.source.Received() {
		if activity["type"] == "Follow" {
			w.send(c.carl, c.carl.Activity("Accept", "accept-carl", activity))
		}
	}
	c.mine = w.ana.Post("@woundcare@a.test Mine")["uri"].(string)
	w.Settle()
	return c
}

// take delivers a document in both ways and notes at once what is refused at the door.
func (c *corpusWorld) take(name string, raw []byte) {
	c.T.Helper()
	file := fmt.Sprintf("%s#%d", name, len(c.files))
	c.files = append(c.files, file)
	if status, body := c.carl.SendRaw(c.server, raw, sign.Cavage, nil); status >= 500 {
		c.T.Errorf("%s as recorded is answered %d %s", name, status, body)
	}
	var doc M
	head, err := vocab.PeekHead(raw)
	if err != nil || json.Unmarshal(raw, &doc) != nil {
		c.fates[file] = "refused: cannot be read"
		return
	}
	switch {
	case vocab.IsActivityType(head.Type):
		actor := c.carl
		if head.Type == "Announce" {
			actor = c.grp
		}
		c.deliver(file, actor, c.activity(doc, actor, len(c.files)))
	case vocab.IsActorType(head.Type), vocab.IsCollectionType(head.Type):
		c.lookUp(file, c.moved(doc))
	default:
		object := c.object(doc, c.carl, len(c.files))
		c.deliver(file, c.carl, c.carl.Activity("Create", fmt.Sprint("create-", len(c.files)), object))
	}
}

// adopt gives a document an id on the peer, unless its id is what is wrong with it.
func (c *corpusWorld) adopt(doc M, kind string, n int) M {
	if id := doc["id"]; id == nil || fmt.Sprintf("%T", id) == "string" {
		doc["id"] = fmt.Sprintf("https://source.test/%s/%d", kind, n)
	}
	return doc
}

// moved gives a document with every address of its own host on the peer.
func (c *corpusWorld) moved(doc M) M {
	c.T.Helper()
	id, _ := doc["id"].(string)
	address, err := url.Parse(id)
	if err != nil || address.Host == "" {
		return doc
	}
	text := strings.ReplaceAll(string(encode(c.testing, doc)), address.Scheme+"://"+address.Host+"/", "https://source.test/")
	var moved M
	if err := json.Unmarshal([]byte(text), &moved); err != nil {
		c.T.Fatal(err)
	}
	return moved
}

// object makes a document that of a peer's actor.
func (c *corpusWorld) object(doc M, author *testrig.PeerActor, n int) M {
	doc["attributedTo"] = author.URI
	return c.adopt(doc, "objects", n)
}

// activity makes an activity that of a peer's actor, and what it is about something that is there.
func (c *corpusWorld) activity(doc M, actor *testrig.PeerActor, n int) M {
	doc = c.adopt(doc, "activities", n)
	if _, number := doc["actor"].(float64); !number {
		doc["actor"] = actor.URI
	}
	kind, _ := doc["type"].(string)
	object, embedded := doc["object"].(M)
	inner, _ := object["type"].(string)
	switch {
	case embedded && vocab.IsActivityType(inner):
		member := actor
		if actor == c.grp {
			member = c.carl
			object["audience"] = c.grp.URI
		}
		doc["object"] = c.activity(object, member, n+100_000)
	case embedded && vocab.IsActorType(inner) && kind != "Delete":
		object["id"] = actor.URI
	case embedded && kind != "Delete":
		doc["object"] = c.object(object, actor, n)
	case kind == "Follow":
		doc["object"] = c.community.URI
	case kind == "Like" || kind == "Dislike" || kind == "Flag":
		doc["object"] = c.mine
	case kind == "Delete" || kind == "Announce" || kind == "Create":
		note := c.carl.Note(fmt.Sprint("object-", n), "an object")
		c.send(c.carl, c.carl.Activity("Create", fmt.Sprint("of-object-", n), note))
		doc["object"] = note["id"]
	}
	return doc
}

func (c *corpusWorld) deliver(file string, actor *testrig.PeerActor, activity M) {
	c.T.Helper()
	status, body := actor.Send(c.server, activity)
	switch {
	case status >= 500:
		c.T.Errorf("%s is answered %d %s", file, status, body)
	case status >= 400:
		c.fates[file] = fmt.Sprint("refused at the door: ", status)
	default:
		c.deliveries[activity["id"].(string)] = file
	}
}

// lookUp lets ana look for the address of a document.
func (c *corpusWorld) lookUp(file string, doc M) {
	c.T.Helper()
	id, _ := doc["id"].(string)
	address, err := url.Parse(id)
	if err != nil || address.Host != "source.test" {
		c.fates[file] = "refused: without a usable id"
		return
	}
	address.Fragment = ""
	c.source.Serve(address.RequestURI(), http.StatusOK, vocab.MediaType, encode(c.testing, doc))
	status, body := c.ana.Do(http.MethodGet, "/api/v2/search?resolve=true&q="+url.QueryEscape(id), nil)
	switch {
	case status != http.StatusOK:
		c.T.Errorf("the search for %s is answered %d %s", file, status, body)
	case bytes.Contains(body, []byte(`"acct"`)):
		c.fates[file] = "handled: found"
	default:
		c.fates[file] = "refused: the search finds neither somebody nor a post"
	}
}

// judge reads what became of the deliveries.
func (c *corpusWorld) judge(least int) {
	c.T.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(c.server.Config.Database, "sqlite:"))
	if err != nil {
		c.T.Fatal(err)
	}
	defer db.Close()
	for id, file := range c.deliveries {
		var state, outcome string
		if err := db.QueryRow("SELECT state, outcome FROM inbox_entry WHERE activity_uri = ?", id).Scan(&state, &outcome); err != nil {
			c.T.Errorf("%s: %v", file, err)
		}
		c.fates[file] = fate(state, outcome)
	}
	if strings.Contains(c.server.Log(), "caused a panic") || strings.Contains(c.server.Log(), `"level":"ERROR"`) {
		c.T.Errorf("the log tells of faults of ours: %s", c.server.Log())
	}
	handled := 0
	for _, file := range c.files {
		if c.fates[file] == "" {
			c.T.Errorf("%s: nothing became of it", file)
		}
		if strings.HasPrefix(c.fates[file], "handled") {
			handled++
		}
	}
	if handled < least {
		c.T.Errorf("%d documents were handled, want at least %d", handled, least)
	}
}

func fate(state, outcome string) string {
	switch {
	case state == "done" && outcome == "done":
		return "handled"
	case state == "pending":
		return "waits: " + outcome
	}
	return someAddress.ReplaceAllString(outcome, "ADDRESS")
}

var someAddress = regexp.MustCompile(`https?://[^ "]+`)

func (c *corpusWorld) table() string {
	counts := map[string]int{}
	for _, fate := range c.fates {
		counts[fate]++
	}
	var lines []string
	for fate, n := range counts {
		lines = append(lines, fmt.Sprintf("%4d %s", n, fate))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

// TestCorpusOfW3CMustFail: each document of the suite that no reader should take is refused or left alone; where only one
// property is wrong, that property is as if it were not there.
func TestCorpusOfW3CMustFail(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(corpus, "w3c-activitystreams", "test__fail__*.json"))
	if err != nil || len(names) == 0 {
		t.Skipf("the recorded payloads of w3c-activitystreams are not in %s", corpus)
	}
	c := newCorpusWorld(t)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c.take(filepath.Base(name), raw)
	}
	c.Settle()
	c.judge(0)
	dropped := map[string]bool{ // what is wrong in these is not kept
		"number-as-content": true, "number-as-name": true, "relative-uri-for-url": true, "content-map-with-invalid-language-tag": true,
	}
	for i, file := range c.files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "test__fail__"), fmt.Sprintf(".json#%d", i))
		if !dropped[name] {
			if c.fates[file] == "handled" {
				t.Errorf("%s was handled", name)
			}
			continue
		}
		post := c.post(fmt.Sprintf("https://source.test/objects/%d", i+1))
		if strings.Contains(post.Content, "42") || post.Title == "1" || strings.Contains(post.URL, "images/") || post.Language == "de-419-DE" {
			t.Errorf("%s: kept %q, %q, %q, %q", name, post.Content, post.Title, post.URL, post.Language)
		}
	}
}
