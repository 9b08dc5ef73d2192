package mastodon

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"praxis/handlers/oauth"
	"praxis/models"
)

// call is one request with what the handlers need of it.
type call struct {
	s         *Server
	r         *http.Request
	header    http.Header // of the answer
	tx        *models.Tx
	params    params
	principal *oauth.Principal // nil without a token
}

func (c *call) ctx() context.Context { return c.r.Context() }

// me is the member who calls; nil when it is nobody or an app.
func (c *call) me() *models.Actor {
	if c.principal == nil {
		return nil
	}
	return c.principal.Actor
}

// viewer is who calls, for queries.
func (c *call) viewer() int64 {
	if me := c.me(); me != nil {
		return me.ID
	}
	return models.Anonymous
}

// id gives the number in the path; what is none names nothing.
func (c *call) id() (int64, error) { return parseID(c.path("id")) }

func (c *call) path(name string) string { return mux.Vars(c.r)[name] }

// parseID reads an id as clients know it. Errors: NotFound for what can be no id.
func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || text[0] == '+' {
		return 0, errNotFound
	}
	return id, nil
}

// ids gives those values of a list that can be ids, each once, at most limit.
func ids(texts []string, limit int) []int64 {
	var found []int64
	seen := map[int64]bool{}
	for _, text := range texts {
		id, err := parseID(text)
		if err != nil || seen[id] || len(found) == limit {
			continue
		}
		seen[id] = true
		found = append(found, id)
	}
	return found
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// idOrNil is for ids that may be absent.
func idOrNil(id int64) *string {
	if id == 0 {
		return nil
	}
	text := formatID(id)
	return &text
}

// dateLayout has three decimals always: some clients read nothing else.
const dateLayout = "2006-01-02T15:04:05.000Z"

func date(t models.Timestamp) string { return t.Time().Format(dateLayout) }

func dateOrNil(t models.Timestamp) *string {
	if t == 0 {
		return nil
	}
	text := date(t)
	return &text
}

func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// webURL gives an address that clients may open, or "" (security case G16).
func webURL(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// nothing is the answer of what has nothing to say.
type nothing struct{}
