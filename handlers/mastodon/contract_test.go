package mastodon

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"

	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/models"
)

// contract is a house whose every answer is kept, so that all of them together can be held against what clients are
// promised: each route answers, what it lists is there, nothing is null that strict clients read, and everything fits
// Mastodon's description.
type contract struct {
	*house
	router *mux.Router
	routes map[string]string // "PATCH /path/{id}" to the route as it is named here, which is with its first method
	kept   []keptAnswer

	boss, alice, bob, carol *models.Actor // carol decides who follows her
	them, care              *models.Actor // of another host, and a community
	root, reply             string        // alice's post, and their answer, which has everything that a post can have
}

// keptAnswer is what a route answered to a request.
type keptAnswer struct {
	route, path string
	status      int
	value       any
	text        string
}

// noPush is a push service that sends nothing.
type noPush struct{}

func (noPush) PublicKey() string                    { return "BKey" }
func (noPush) Check(*models.PushSubscription) error { return nil }
func (noPush) Seal(string) string                   { return "sealed" }

func newContract(t *testing.T, database string) *contract {
	t.Helper()
	k := &contract{house: newHouseOn(t, database), routes: map[string]string{}}
	k.router = k.handler.(*mux.Router)
	k.handler = k
	cfg := &k.server.cfg
	cfg.TermsOfService, cfg.PrivacyPolicy, cfg.ExtendedDescription = "Be fair", "We keep little", "A long story"
	cfg.ShowDomainBlocks, cfg.Streaming, cfg.Push = BlocksForEverybody, "wss://a.test", noPush{}
	cfg.Registrations, cfg.Hashing = "approval", password.Cheap()
	for _, rt := range k.server.routes() {
		for _, method := range rt.methods {
			k.routes[method+" "+rt.path] = rt.methods[0] + " " + rt.path
		}
	}
	for _, route := range authorizationRoutes(t, k.house) {
		k.routes[route] = route
	}
	return k
}

// authorizationRoutes gives the routes of the authorization server that clients use, too. Its pages for people are tested where they are made.
func authorizationRoutes(t *testing.T, h *house) []string {
	t.Helper()
	router := mux.NewRouter()
	h.oauth.Routes(router)
	return slices.DeleteFunc(routesOf(t, router), func(route string) bool {
		_, path, _ := strings.Cut(route, " ")
		return strings.HasPrefix(path, "/auth/") || strings.HasPrefix(path, "/settings/")
	})
}

// routesOf lists the routes of a router as "GET /path/{id}".
func routesOf(t *testing.T, router *mux.Router) []string {
	t.Helper()
	var routes []string
	err := router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		pattern, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return err
		}
		for _, method := range methods {
			if method != http.MethodHead {
				routes = append(routes, method+" "+pattern)
			}
		}
		return nil
	})
	if err != nil || len(routes) == 0 {
		t.Fatal(err, routes)
	}
	return routes
}

// ServeHTTP answers as the house does, and keeps the answer.
func (k *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var match mux.RouteMatch
	k.router.Match(r, &match)
	pattern := ""
	if match.Route != nil {
		pattern, _ = match.Route.GetPathTemplate()
	}
	k.router.ServeHTTP(w, r)
	answer := w.(*httptest.ResponseRecorder)
	kept := keptAnswer{route: k.routes[r.Method+" "+pattern], path: r.Method + " " + r.URL.String(), status: answer.Code, text: answer.Body.String()}
	if answer.Body.Len() > 0 {
		k.must(json.Unmarshal(answer.Body.Bytes(), &kept.value))
	}
	k.kept = append(k.kept, kept)
}

// answered gives the good answers by route.
func (k *contract) answered() map[string][]keptAnswer {
	found := map[string][]keptAnswer{}
	for _, kept := range k.kept {
		if kept.status < http.StatusMultipleChoices {
			found[kept.route] = append(found[kept.route], kept)
		}
	}
	return found
}

// TestContract holds every route of the API against what clients are promised. A route that is added needs a request in one
// of the sections, or a place in one of the lists that say why it has none.
func TestContract(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		k := newContract(t, database)
		k.furnish()
		for _, section := range []func(){
			k.askInstance, k.askPeople, k.askPosts, k.askTimelines, k.askNotifications, k.askShelves, k.askFilters, k.askDoors, k.askPractice,
			k.askAdmin, k.askAdminBlocks, k.changePosts, k.changePeople, k.changeNotifications, k.changeShelves, k.askCommunities, k.askFeeds, k.askPeers, k.askPolicy, k.askPartners, k.askSiblings, k.askLeaving, k.moderate, k.askRefused,
		} {
			section()
		}
		t.Run("every route answers", k.everyRouteAnswers)
		t.Run("lists are filled", k.listsAreFilled)
		t.Run("strict clients", k.strictClients)
		t.Run("description", k.fitsTheDescription)
	})
}

func (k *contract) everyRouteAnswers(t *testing.T) {
	refused, answered := refusedRoutes(), k.answered()
	for _, route := range k.routes {
		if _, ok := refused[route]; !ok && len(answered[route]) == 0 {
			t.Errorf("%s has no good answer here: ask for it in a section, or say in refusedRoutes why not", route)
		}
	}
	for _, kept := range k.kept {
		if deliberate, ok := refused[kept.route]; ok && kept.status != deliberate.status {
			t.Errorf("%s is said to answer %d, and answers %d: %s", kept.path, deliberate.status, kept.status, kept.text)
		} else if !ok && kept.status >= http.StatusMultipleChoices {
			t.Errorf("%s answers %d: %s", kept.path, kept.status, kept.text)
		}
	}
	for route := range refused {
		if k.routes[route] == "" {
			t.Errorf("refusedRoutes names %s, which is no route", route)
		}
	}
}

// listsAreFilled: an empty list proves nothing. Every list that a route answers with is filled at least once, and so is
// every list inside of an answer that is one of the lists of a page; every other list is filled somewhere.
func (k *contract) listsAreFilled(t *testing.T) {
	empty, unfilled := emptyAnswers(), emptyLists()
	filled, met := map[string]bool{}, map[string]bool{}
	for route, answers := range k.answered() {
		for _, kept := range answers {
			note(met, filled, route, route, kept.value)
		}
	}
	for name := range met {
		reason := unfilled[name]
		if strings.Contains(name, "/") {
			reason = empty[name]
		}
		if filled[name] == (reason != "") {
			t.Errorf("%s: filled is %v, and the reason why it is empty: %q", name, filled[name], reason)
		}
	}
	for name := range empty {
		if !met[name] {
			t.Errorf("emptyAnswers names %s, which answers with no list", name)
		}
	}
	for name := range unfilled {
		if !met[name] {
			t.Errorf("emptyLists names %s, which no answer has", name)
		}
	}
}

// note records the lists of a value by the name of the route, for what is the page itself, or of the property.
func note(met, filled map[string]bool, route, name string, value any) {
	switch value := value.(type) {
	case []any:
		met[name] = true
		filled[name] = filled[name] || len(value) > 0
		for _, item := range value {
			note(met, filled, "", "item", item)
		}
	case map[string]any:
		for property, inner := range value {
			place := property
			if route != "" && slices.Contains([]string{"accounts", "statuses", "hashtags", "ancestors", "descendants", "notification_groups"}, property) {
				place = route + " " + property
			}
			note(met, filled, "", place, inner)
		}
	}
}

// strictClients: what must not be null is there in every answer, at every depth.
func (k *contract) strictClients(t *testing.T) {
	seen := map[string]bool{}
	for route, answers := range k.answered() {
		for _, kept := range answers {
			for _, wrong := range notNull(seen, route, kept.value) {
				t.Errorf("%s: %s", kept.path, wrong)
			}
		}
	}
	for entity := range strict() {
		if !seen[entity] {
			t.Errorf("nothing shows a %s", entity)
		}
	}
}
