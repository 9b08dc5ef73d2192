package mastodon

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"praxis/handlers/respond"
)

// isStable reports what clients ask for at every start and what seldom changes: they may ask whether it did.
func (rt route) isStable() bool {
	return rt.methods[0] == http.MethodGet && slices.Contains([]string{
		"/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/api/v1/lists", "/api/v2/filters", "/api/v1/filters",
		"/api/v1/preferences", "/api/v1/instance/rules",
	}, rt.path)
}

// revalidated answers with a value and its tag, or with 304 where the client has it. What depends on the token is kept by
// the client alone, and never used unasked.
func revalidated(w http.ResponseWriter, r *http.Request, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		respond.JSON(w, http.StatusOK, answer) // says the same of the failure as everywhere
		return
	}
	sum := sha256.Sum256(body)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	if names(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	respond.JSON(w, http.StatusOK, json.RawMessage(body))
}

// names reports whether one of the tags of If-None-Match is tag, strong or weak.
func names(headers []string, tag string) bool {
	for _, given := range strings.Split(strings.Join(headers, ","), ",") {
		given = strings.TrimSpace(given)
		if given == "*" || strings.TrimPrefix(given, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
