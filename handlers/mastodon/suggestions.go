package mastodon

import "net/http"

func suggestionRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/suggestions", getOldSuggestions, "read"),
		member(http.MethodGet, "/api/v2/suggestions", getSuggestions, "read"),
		member(http.MethodDelete, "/api/v1/suggestions/{id}", dismissSuggestion, "write"),
	}
}

// suggestion is Mastodon's Suggestion. It says truthfully why an account is suggested: because it has many followers.
type suggestion struct {
	Source  string   `json:"source"`
	Sources []string `json:"sources"`
	Account *account `json:"account"`
}

func (c *call) suggested() ([]*account, error) {
	actors, err := c.tx.Suggestions(c.viewer(), c.limit(40, 80))
	if err != nil {
		return nil, err
	}
	return c.accounts(actors)
}

func getOldSuggestions(c *call) (any, error) { return c.suggested() }

func getSuggestions(c *call) (any, error) {
	accounts, err := c.suggested()
	shown := []suggestion{}
	for _, a := range accounts {
		shown = append(shown, suggestion{Source: "global", Sources: []string{"most_followed"}, Account: a})
	}
	return shown, err
}

func dismissSuggestion(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DismissSuggestion(c.ctx(), c.me(), actor)
}
