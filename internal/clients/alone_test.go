package clients

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/internal/testkeys"
)

// about is what an instance says of itself, as a client shows it.
type about struct {
	URI, Domain, Title, Version string
}

// reader is what each client can do with an instance alone.
type reader interface {
	client
	instance(t *testing.T) about
	// refused posts what cannot be posted, and gives what the client says then.
	refused(t *testing.T, text string) string
}

// pager is a client that follows the Link header by itself.
type pager interface {
	// homeInPages reads the home timeline to its end, so many at a time.
	homeInPages(t *testing.T, size int) []entry
}

// TestClientsUnderstandOneInstance: what it is, why it refuses something, and where a list goes on.
func TestClientsUnderstandOneInstance(t *testing.T) {
	t.Parallel()
	h := openHouse(t, &testkeys.Ring{}, "", "City Hospital", testdb.SQLite(t))
	h.seen.expect(http.StatusUnprocessableEntity)
	for name, fresh := range map[string]func() client{
		"toot": newToot, "python": newPython, "masto": newMasto, "megalodon": newMegalodon,
		"library": newLibrary,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := fresh().(reader)
			c.signIn(t, h.member(t, name), nil)
			shown := c.instance(t)
			if shown.Title != "City Hospital" || shown.URI+shown.Domain != h.host || !strings.HasPrefix(shown.Version, "4.5.0 (compatible; Praxis ") {
				t.Errorf("the instance is shown as %+v", shown)
			}
			limit := h.app.Config.PostChars
			said := c.refused(t, strings.Repeat("x", limit+1))
			if want := fmt.Sprintf("Text has %d characters, and at most %d are allowed", limit+1, limit); !strings.Contains(said, want) {
				t.Errorf("the client says %q, which does not hold %q", said, want)
			}
			if p, ok := c.(pager); ok {
				testPages(t, c, p)
			}
		})
	}
}

func testPages(t *testing.T, c client, p pager) {
	t.Helper()
	var want []string
	for i := range 3 {
		text := fmt.Sprintf("Note %d", i)
		c.post(t, text)
		want = append([]string{text}, want...)
	}
	if got := texts(p.homeInPages(t, 2)); !slices.Equal(got, want) {
		t.Errorf("pages of home: %q, want %q", got, want)
	}
}
