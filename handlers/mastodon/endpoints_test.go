package mastodon

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"praxis/handlers/streaming"
)

// endpointRow is a line of the table of docs/clients.md, for one method.
type endpointRow struct{ who, state string }

// endpointTable reads the table, by "GET /path/{id}".
func endpointTable(t *testing.T) map[string]endpointRow {
	t.Helper()
	raw, err := os.ReadFile("../../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "<!-- endpoints: begin -->")
	table, _, complete := strings.Cut(table, "<!-- endpoints: end -->")
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if !complete || len(lines) < 3 {
		t.Fatal("docs/clients.md has no table of endpoints")
	}
	rows, paths := map[string]endpointRow{}, []string{}
	for _, line := range lines[2:] {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 4 {
			t.Fatalf("%q has %d cells, not 4", line, len(cells))
		}
		path := strings.Trim(cells[1], "`")
		paths = append(paths, path)
		for _, method := range regexp.MustCompile(`[A-Z]+`).FindAllString(cells[0], -1) {
			if _, twice := rows[method+" "+path]; twice {
				t.Errorf("%s %s stands in the table twice", method, path)
			}
			rows[method+" "+path] = endpointRow{cells[2], cells[3]}
		}
	}
	if !slices.IsSorted(paths) {
		t.Error("the table is not sorted by path")
	}
	return rows
}

// stateOf gives what the table has to say of a route.
func stateOf(route string) string {
	refused, isRefused := refusedRoutes()[route]
	_, isEmpty := emptyAnswers()[route]
	switch {
	case slices.Contains([]string{"GET /api/v1/annual_reports", "GET /api/v1/instance/translation_languages"}, route): // no lists, but empty
		return "empty"
	case isRefused && refused.status == http.StatusUnprocessableEntity:
		return "refused"
	case isRefused && refused.why != nothingOfIt && refused.status == http.StatusNotFound:
		return "off"
	case isEmpty || isRefused && refused.status == http.StatusNotFound:
		return "empty"
	}
	return "yes"
}

// TestTableOfEndpoints: docs/clients.md names every route, with who may call it and what it has to offer, and nothing else but
// what it says is not offered, which is then not found.
func TestTableOfEndpoints(t *testing.T) {
	h := newHouse(t)
	alice, table, known := h.member("alice"), endpointTable(t), map[string]bool{}
	for _, rt := range h.server.routes() {
		want := endpointRow{"anybody", stateOf(rt.methods[0] + " " + rt.path)}
		if rt.needs != 0 {
			want.who = "staff"
		} else if rt.member {
			want.who = "member"
		}
		for _, method := range rt.methods {
			if method == http.MethodHead {
				continue
			}
			known[method+" "+rt.path] = true
			row, ok := table[method+" "+rt.path]
			if want.who == "anybody" && slices.Contains([]string{"app", "applicant"}, row.who) {
				want.who = row.who // its handler asks
			}
			if row != want {
				t.Errorf("%s %s: the table has it: %v, and says %v, want %v", method, rt.path, ok, row, want)
			}
		}
	}
	streams := mux.NewRouter()
	(&streaming.Server{}).Routes(streams)
	for _, route := range append(routesOf(t, streams), authorizationRoutes(t, h)...) {
		known[route] = true
		if row := table[route]; row.state != "yes" || row.who == "" {
			t.Errorf("%s: the table says %v", route, row)
		}
	}
	for route, row := range table {
		switch {
		case known[route] && row.state == "none":
			t.Errorf("the table says that %s is not offered, and it is", route)
		case !known[route] && row.state != "none":
			t.Errorf("the table has %s, which is no route, and does not say so", route)
		case row.state == "none":
			method, path, _ := strings.Cut(route, " ")
			h.as(alice, method, regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "1"), nil).absent()
		}
	}
}
