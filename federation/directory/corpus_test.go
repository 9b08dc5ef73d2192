package directory_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/internal/text"
)

// corpus holds payloads that other projects recorded. It lies beside the repository and may be absent.
var corpus = filepath.Join("..", "..", "..", "shared", "corpus", "lemmy")

// TestRecordedObjectsBecomeDrafts reads what servers of many makes really send.
func TestRecordedObjectsBecomeDrafts(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(corpus, "*__objects__*.json"))
	if err != nil || len(names) == 0 {
		t.Skip("the recorded payloads are not here")
	}
	w := newWorld(t)
	peers := map[string]*testrig.Peer{}
	drafts := 0
	for _, name := range names {
		raw, err := os.ReadFile(name)
		w.ok(err)
		head, err := vocab.PeekHead(raw)
		if err != nil || vocab.IsActorType(head.Type) || head.Type == "Tombstone" || head.Type == "ChatMessage" || head.Type == "Organization" {
			continue
		}
		object, err := vocab.DecodeObject(raw)
		w.ok(err)
		owner, err := object.Author()
		w.ok(err)
		w.serveAuthor(peers, owner)
		draft, err := w.dir.Draft(t.Context(), object)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		drafts++
		if draft.Author.URI != owner || draft.URI != object.ID || draft.Visibility == "" || draft.Published.IsZero() {
			t.Errorf("%s: by %s, %s, %s, of %v", filepath.Base(name), draft.Author.URI, draft.URI, draft.Visibility, draft.Published)
		}
		if strings.TrimSpace(text.Plain(text.Sanitize(draft.Content))) == "" && draft.Title == "" && len(draft.Attachments) == 0 {
			t.Errorf("%s: there is nothing to read", filepath.Base(name))
		}
	}
	if drafts < 15 {
		t.Errorf("only %d drafts were made", drafts)
	}
}

// serveAuthor lets a peer of the author's host serve a plain actor under the author's id.
func (w *world) serveAuthor(peers map[string]*testrig.Peer, id string) {
	w.t.Helper()
	address, err := url.Parse(id)
	w.ok(err)
	if peers[address.Host] == nil {
		peers[address.Host] = w.NewPeer(address.Host, "")
	}
	raw, err := json.Marshal(M{
		"@context": vocab.Namespace, "id": id, "type": "Person", "preferredUsername": "author" + vocabName(id), "inbox": id + "/inbox",
	})
	w.ok(err)
	path := address.EscapedPath()
	if address.RawQuery != "" {
		path += "?" + address.RawQuery
	}
	peers[address.Host].Serve(path, http.StatusOK, vocab.MediaType, raw)
}

// vocabName makes a name of an id, so that authors of one host differ.
func vocabName(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, id[len(id)-min(len(id), 12):])
}
