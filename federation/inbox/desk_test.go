package inbox

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
)

func openDesk(t *testing.T, url string, trace func(string)) *desk {
	t.Helper()
	store, err := models.Open(t.Context(), url, models.Options{Trace: trace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &desk{store: store}
}

func letter(id, host string) *models.InboxEntry {
	return &models.InboxEntry{ActivityURI: "https://" + host + "/" + id, SignerURI: "https://" + host + "/bo", Host: host, Type: "Like", Payload: "{}"}
}

func isReceipt(statement string) bool {
	return strings.HasPrefix(statement, "INSERT INTO") && strings.Contains(statement, "inbox_entry")
}

// TestDeskStoresTogetherWhatComesTogether: whoever is answered is stored, each once, in fewer transactions than there are.
func TestDeskStoresTogetherWhatComesTogether(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		inserts := 0
		d := openDesk(t, url, func(statement string) {
			if isReceipt(statement) {
				mu.Lock()
				defer mu.Unlock()
				inserts++
			}
		})
		var wait sync.WaitGroup
		fresh := make(chan bool, 400)
		for i := range 400 {
			wait.Go(func() {
				added, err := d.keep(t.Context(), letter(fmt.Sprint(i/2), fmt.Sprintf("peer%d.test", i%2))) // each id at two hosts
				if err != nil {
					t.Error(err)
				}
				again, err := d.keep(t.Context(), letter(fmt.Sprint(i/2), fmt.Sprintf("peer%d.test", i%2)))
				if err != nil || again {
					t.Errorf("a repetition is new: %v, %v", again, err)
				}
				fresh <- added
			})
		}
		wait.Wait()
		close(fresh)
		for added := range fresh {
			if !added {
				t.Error("one that is new counts as repeated")
			}
		}
		n, err := d.store.Read(t.Context()).PendingInboxEntries()
		if err != nil || n != 400 {
			t.Errorf("%d of 400 are stored, %v", n, err)
		}
		if inserts >= 800 {
			t.Errorf("%d inserts for 800 activities", inserts)
		}
	})
}

// TestBadRowSpoilsNoOther: what cannot be stored is refused alone, though it was taken together with others.
func TestBadRowSpoilsNoOther(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		d := openDesk(t, url, func(statement string) {
			if isReceipt(statement) && strings.Contains(statement, "poison") {
				panic("it cannot be stored")
			}
		})
		var all []*receipt
		for _, id := range []string{"a", "poison", "b"} {
			all = append(all, &receipt{entry: letter(id, "peer.test"), turn: make(chan bool, 1)})
		}
		d.waiting, d.writing = all, true
		d.write(t.Context())
		for i, r := range all {
			if stored := <-r.turn; stored || (r.err == nil) != (i != 1) || r.fresh != (i != 1) {
				t.Errorf("%s: %v, %v", r.entry.ActivityURI, r.fresh, r.err)
			}
		}
		if n, err := d.store.Read(t.Context()).PendingInboxEntries(); err != nil || n != 2 {
			t.Errorf("%d are stored, %v", n, err)
		}
	})
}
