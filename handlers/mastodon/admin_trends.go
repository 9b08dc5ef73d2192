package mastodon

import (
	"net/http"

	"praxis/models"
)

// adminTrendRoutes: trends are not reviewed here, so nothing waits for a review, and what is to be reviewed by id is not
// there.
func adminTrendRoutes() []route {
	routes := []route{
		staff(http.MethodGet, "/api/v1/admin/tags", emptyList, models.PermitTaxonomies, "admin:read"),
		staff(http.MethodGet, "/api/v1/admin/tags/{id}", nowhere, models.PermitTaxonomies, "admin:read"),
		staff(http.MethodPut, "/api/v1/admin/tags/{id}", nowhere, models.PermitTaxonomies, "admin:write"),
	}
	for _, noun := range []string{"links", "links/publishers", "statuses", "tags"} {
		path := "/api/v1/admin/trends/" + noun
		routes = append(routes,
			staff(http.MethodGet, path, emptyList, models.PermitTaxonomies, "admin:read"),
			staff(http.MethodPost, path+"/{id}/approve", nowhere, models.PermitTaxonomies, "admin:write"),
			staff(http.MethodPost, path+"/{id}/reject", nowhere, models.PermitTaxonomies, "admin:write"),
		)
	}
	return routes
}
