package mastodon

import "strings"

// undescribedRoutes gives what routes answer that the description has no schema for: an entity of it, a list of one, "{}" for
// an object that says nothing, "" for what is no entity, which other tests look at.
func undescribedRoutes() map[string]string {
	routes := map[string]string{
		"GET /api/praxis/v1/communities/{id}/kinds":      "",
		"PUT /api/praxis/v1/communities/{id}/kinds":      "",
		"GET /api/praxis/v1/statuses/{id}/derived":       "[]Status",
		"GET /api/praxis/v1/statuses/{id}/responses":     "",
		"GET /api/v1/trends":                             "[]Tag", // the former address of trends/tags
		"GET /api/v1/preferences":                        "Preferences",
		"GET /api/v1/notifications/policy":               "V1NotificationPolicy", // the first version of the policy
		"PUT /api/v1/notifications/policy":               "V1NotificationPolicy",
		"POST /api/v1/conversations/{id}/unread":         "Conversation",
		"GET /api/v1/annual_reports":                     "",
		"GET /api/v1/annual_reports/{id}/state":          "",
		"GET /api/v1/domain_blocks/preview":              "",
		"GET /api/v1/emails/check_confirmation":          "", // true or false
		"GET /api/v1/instance/languages":                 "",
		"GET /api/v1/instance/translation_languages":     "{}",
		"GET /api/v1/peers/search":                       "",
		"GET /oauth/userinfo":                            "", // OpenID Connect's
		"POST /oauth/userinfo":                           "",
		"GET /api/v1/admin/tags":                         "[]AdminTag",
		"GET /api/v1/admin/trends/links":                 "[]TrendsLink",
		"GET /api/v1/admin/trends/links/publishers":      "",
		"GET /api/v1/admin/trends/statuses":              "[]Status",
		"GET /api/v1/admin/trends/tags":                  "[]AdminTag",
		"GET /api/v2/admin/accounts":                     "[]AdminAccount",
		"POST /api/v1/admin/accounts/{id}/action":        "{}",
		"POST /api/v1/admin/canonical_email_blocks/test": "[]AdminCanonicalEmailBlock",
		"POST /api/v1/admin/measures":                    "[]AdminMeasure",
		"POST /api/v1/admin/dimensions":                  "[]AdminDimension",
		"POST /api/v1/admin/retention":                   "[]AdminCohort",
	}
	for _, action := range []string{"approve", "reject", "enable", "unsensitive", "unsilence", "unsuspend"} {
		routes["POST /api/v1/admin/accounts/{id}/"+action] = "AdminAccount"
	}
	for _, action := range []string{"assign_to_self", "reopen", "resolve", "unassign"} {
		routes["POST /api/v1/admin/reports/{id}/"+action] = "AdminReport"
	}
	for noun, entity := range map[string]string{
		"accounts": "AdminAccount", "reports": "AdminReport", "domain_blocks": "AdminDomainBlock", "domain_allows": "AdminDomainAllow", "email_domain_blocks": "AdminEmailDomainBlock",
		"ip_blocks": "AdminIpBlock", "canonical_email_blocks": "AdminCanonicalEmailBlock",
	} {
		all := "/api/v1/admin/" + noun
		routes["GET "+all], routes["GET "+all+"/{id}"] = "[]"+entity, entity
		switch noun {
		case "accounts":
			routes["DELETE "+all+"/{id}"] = entity
		case "reports":
			routes["PUT "+all+"/{id}"] = entity
		case "domain_blocks", "ip_blocks":
			routes["PUT "+all+"/{id}"] = entity
			fallthrough
		default:
			routes["POST "+all], routes["DELETE "+all+"/{id}"] = entity, "{}"
		}
	}
	for _, route := range saysNothing() {
		routes[route] = "{}"
	}
	for _, rt := range (&Server{}).routes() { // our own: of those only posts are described
		if strings.HasPrefix(rt.path, "/api/praxis/") {
			answer := ""
			if strings.Contains(rt.path, "/statuses/") && !strings.HasSuffix(rt.path, "/appeal") {
				answer = "Status"
			}
			routes[rt.methods[0]+" "+rt.path] = answer
		}
	}
	return routes
}

// saysNothing is every route of members whose answer is "{}".
func saysNothing() []string {
	return []string{
		"DELETE /api/v1/announcements/{id}/reactions/{key}", "PUT /api/v1/announcements/{id}/reactions/{key}", "POST /api/v1/announcements/{id}/dismiss",
		"DELETE /api/v1/conversations/{id}", "DELETE /api/v1/domain_blocks", "POST /api/v1/domain_blocks", "DELETE /api/v1/featured_tags/{id}",
		"DELETE /api/v1/filters/{id}", "DELETE /api/v2/filters/{id}", "DELETE /api/v2/filters/keywords/{id}",
		"DELETE /api/v1/lists/{id}", "DELETE /api/v1/lists/{id}/accounts", "POST /api/v1/lists/{id}/accounts", "DELETE /api/v1/media/{id}",
		"DELETE /api/v1/notifications/destroy_multiple", "DELETE /api/v1/notifications/{id}", "POST /api/v1/notifications/clear",
		"POST /api/v1/notifications/dismiss", "POST /api/v1/notifications/{id}/dismiss", "POST /api/v2/notifications/clear",
		"POST /api/v2/notifications/{key}/dismiss", "POST /api/v1/notifications/requests/accept", "POST /api/v1/notifications/requests/dismiss",
		"POST /api/v1/notifications/requests/{id}/accept", "POST /api/v1/notifications/requests/{id}/dismiss",
		"DELETE /api/v1/push/subscription", "DELETE /api/v1/scheduled_statuses/{id}", "DELETE /api/v1/suggestions/{id}",
		"POST /api/v1/emails/confirmations", "POST /oauth/revoke",
	}
}

// misdescribed is where the description contradicts itself or Mastodon.
type misdescribed struct{ answer, why string }

func misdescribedRoutes() map[string]misdescribed {
	return map[string]misdescribed{
		"GET /api/v1/filters":                  {"[]V1Filter", "its own examples are lists, and so is the answer of Mastodon"},
		"DELETE /api/v2/filters/statuses/{id}": {"{}", "Mastodon answers with an empty object, as for keywords"},
	}
}

// deviations is every property, "Entity.property", that deliberately differs from the description.
func deviations() map[string]string {
	return map[string]string{}
}

// untoldProperties is every property of an entity that is always null, empty or absent here, and why.
func untoldProperties() map[string]string {
	const newer, unkept = "newer than Mastodon 4.5, whose API this is", "there is no such setting here"
	const noUnits = "all figures here are plain numbers: how much room files take is not measured"
	return map[string]string{
		"Account.avatar_description": newer, "Account.header_description": newer, "Account.feature_approval": newer,
		"Account.show_featured": newer, "Account.show_media": newer, "Account.show_media_replies": newer,
		"Instance.configuration.accounts.max_avatar_description_length": newer, "Instance.configuration.accounts.max_header_description_length": newer,
		"Instance.wrapstodon": newer, "Notification.collection": newer, "Notification.fallback": newer, "NotificationGroup.fallback": newer,
		"PreviewCard.missing_attribution": newer, "Report.collection_ids": newer, "Role.collection_limit": newer, "Search.collections": newer,
		"Status.tagged_collections":          newer,
		"Account.memorial":                   "accounts are not made memorials",
		"AdminAccount.invited_by_account_id": "nobody is invited", "AdminEmailDomainBlock.history": "sign-ups are not counted by the host of their address",
		"AdminMeasure.unit": noUnits, "AdminMeasure.human_value": noUnits, "AdminDimensionData.unit": noUnits, "AdminDimensionData.human_value": noUnits,
		"PartialAccountWithAvatar.avatar_description": newer,
		"Announcement.mentions":                       "announcements name nobody", "Announcement.statuses": "announcements show no posts",
		"Field.verified_at":                          "links of profiles are not verified",
		"Instance.configuration.urls.privacy_policy": "the policy has no page, only /api/v1/instance/privacy_policy", "Instance.configuration.urls.status": unkept,
		"Instance.configuration.urls.terms_of_service": "the terms have no page, only /api/v1/instance/terms_of_service",
		"Instance.icon": "the instance has no picture of its own", "Instance.registrations.message": unkept, "Instance.registrations.min_age": unkept,
		"Instance.thumbnail.blurhash": "the picture is a drawn pattern", "Instance.thumbnail.description": "the picture is a drawn pattern",
		"Instance.thumbnail.versions.@1x": "the picture is a drawn pattern", "Instance.thumbnail.versions.@2x": "the picture is a drawn pattern",
		"Notification.event": "nobody is told of severed relationships", "NotificationGroup.event": "nobody is told of severed relationships",
		"Notification.moderation_warning": "measures send no warnings", "NotificationGroup.moderation_warning": "measures send no warnings",
		"OEmbedResponse.height":              "only the page that embeds it knows, as in Mastodon",
		"PreviewCardAuthor.account":          "authors of pages are not looked for among accounts",
		"QuoteApproval.manual":               "quotes are taken or refused at once, by what the author said (FEP-044f)",
		"ScheduledStatus.params.idempotency": "the key is the request's alone", "ScheduledStatus.params.scheduled_at": "null in Mastodon, too",
		"TermsOfService.succeeded_by": "only the terms that hold are kept",
	}
}
