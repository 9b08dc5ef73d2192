package mastodon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"praxis/internal/takealong"
	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// crowded is a house in which every list of alice, or of the boss, can be made longer.
type crowded struct {
	*house
	boss, alice, bob, locked, strict, care *models.Actor
	root                                   *models.Post
	size                                   int
	list, filter, asset, feed              string
	people, posts                          []int64 // remote ones, one for each step
}

func newCrowded(t *testing.T) *crowded {
	t.Helper()
	c := &crowded{house: newHouseOn(t, testdb.SQLite(t))}
	c.server.cfg.ShowDomainBlocks = BlocksForEverybody
	c.boss, c.alice, c.bob, c.locked, c.strict = c.staffed("boss", models.RoleOwner), c.member("alice"), c.member("bob"), c.member("locked"), c.member("strict")
	_, err := c.service.EnsureInstanceActor(t.Context())
	c.must(err)
	c.care = c.community("care", c.alice, false)
	c.must(c.service.AppointModerator(t.Context(), practice.Act{Moderator: c.alice, Community: c.care, Target: c.boss}))
	yes := true
	_, err = c.service.UpdateProfile(t.Context(), c.locked, practice.Profile{Locked: &yes})
	c.must(err)
	_, err = c.service.UpdateProfile(t.Context(), c.alice, practice.Profile{Discoverable: &yes, Indexable: &yes})
	c.must(err)
	c.as(c.strict, http.MethodPatch, "/api/v2/notifications/policy", "for_not_following=filter").status(http.StatusOK)
	c.root = c.write(c.alice, "root #topic", "public", nil)
	c.list = c.newList(c.alice, map[string]any{"title": "all"})
	return c
}

// grow makes every list longer by one.
func (c *crowded) grow() {
	c.t.Helper()
	i := c.size
	c.size++
	them, local := c.growPeople(i)
	c.growPosts(i, them, local)
	c.growShelves(i, them)
	c.growInstance(i, local)
	c.growCommunity(i, local)
	c.growPractice(local)
}

// growPractice makes what was made from an asset, and said to it, more.
func (c *crowded) growPractice(local *models.Actor) {
	c.t.Helper()
	if c.asset == "" {
		c.asset = c.post(c.alice, "/api/v1/statuses", "status=file&kind=AssetShare").object()["id"].(string)
	}
	c.post(local, "/api/v1/statuses", map[string]any{"status": "#reused", "in_reply_to_id": c.asset}).status(http.StatusOK)
	_, err := c.service.ReadImport(c.t.Context(), c.alice, practice.NewImport{Kind: takealong.Blocks, File: strings.NewReader("a@b.test\nc@d.test\n")})
	c.must(err)
	c.post(local, "/api/v1/statuses", map[string]any{"status": "mine", "kind": "AssetShare", "based_on": []string{c.asset}}).status(http.StatusOK)
}

func (c *crowded) growPeople(i int) (them, local *models.Actor) {
	c.t.Helper()
	host := fmt.Sprintf("b%d.test", i)
	them, local = c.remote(fmt.Sprintf("r%d", i), host, models.TypePerson), c.member(fmt.Sprintf("m%d", i))
	c.must(c.store.Tx(c.t.Context(), func(tx *models.Tx) error {
		them.DisplayName, them.MovedToURI = "R :cat:", c.bob.URI
		return tx.SaveRemoteActor(them)
	}))
	c.must(c.service.LearnEmoji(c.t.Context(), []models.CustomEmoji{
		{Host: host, Shortcode: "cat", URL: "https://" + host + "/cat.png", StaticURL: "https://" + host + "/cat.png", Visible: true},
	}))
	yes := true
	_, err := c.service.UpdateProfile(c.t.Context(), local, practice.Profile{Discoverable: &yes})
	c.must(err)
	c.must(c.service.SetRole(c.t.Context(), local, models.RoleModerator))
	for _, pair := range [][2]*models.Actor{{them, c.alice}, {c.alice, them}, {them, c.bob}, {local, c.bob}, {c.bob, local}} {
		c.follows(pair[0], pair[1])
	}
	for _, who := range []*models.Actor{them, local} {
		_, err = c.service.Follow(c.t.Context(), who, c.locked, practice.FollowOptions{URI: "https://b.test/f/" + who.Username})
		c.must(err)
	}
	c.people = append(c.people, them.ID)
	return them, local
}

func (c *crowded) growPosts(i int, them, local *models.Actor) {
	c.t.Helper()
	page := fmt.Sprintf("https://page.test/%d", i)
	draft := practice.Draft{
		Author: them, URI: fmt.Sprintf("https://%s/p/%d", them.Host, i), InReplyTo: c.root, Mentions: []*models.Actor{c.alice, c.bob},
		Content: `<p>hi :cat: <a href="` + page + `">page</a></p>`, Tags: []string{fmt.Sprintf("t%d", i), "topic"},
		Attachments: []models.Attachment{{Type: "image", URL: "https://" + them.Host + "/1.png"}},
	}
	answer := c.receive(draft)
	draft.URI, draft.InReplyTo, draft.Mentions = draft.URI+"/alone", nil, nil
	alone := c.receive(draft)
	c.posts = append(c.posts, answer.ID)
	c.post(local, "/api/v1/statuses", map[string]any{
		"status": "which", "in_reply_to_id": formatID(c.root.ID), "poll": map[string]any{"options": []string{"a", "b"}, "expires_in": 3600},
	}).status(http.StatusOK)
	written := c.write(local, fmt.Sprintf("hi #t%d #topic %s", i, page), "public", nil)
	c.write(c.bob, "also "+page, "public", nil)
	c.quotes(local, c.root.ID, nil)
	c.quotes(c.alice, written.ID, nil)
	c.write(c.alice, fmt.Sprintf("@care thread %d #own%d https://shared.test/", i, i), "public", nil)
	c.write(c.alice, "@"+local.Username+" secretly", "direct", nil)
	mentions(c.house, c.remote(fmt.Sprintf("s%d", i), "b.test", models.TypePerson), c.strict, fmt.Sprintf("held%d", i), models.Public)
	for _, post := range []*models.Post{answer, alone, written} {
		for _, verb := range []string{"favourite", "bookmark", "reblog"} {
			c.post(c.alice, pathOf("/api/v1/statuses/{id}/"+verb, post.ID), nil).status(http.StatusOK)
		}
	}
	for _, verb := range []string{"favourite", "reblog"} {
		c.post(local, pathOf("/api/v1/statuses/{id}/"+verb, c.root.ID), nil).status(http.StatusOK)
	}
	pictured := c.upload(c.alice, map[string]any{"file": pictureOf(c.t, 4, 4)})["id"]
	c.as(c.alice, http.MethodPut, pathOf("/api/v1/statuses/{id}", c.root.ID), map[string]any{
		"status": fmt.Sprintf("root #topic %d", i), "media_ids": []any{pictured},
	}).status(http.StatusOK)
	c.growModeration(i, local, them)
	if own := c.write(c.alice, "mine", "public", nil); i < 5 {
		c.post(c.alice, pathOf("/api/v1/statuses/{id}/pin", own.ID), nil).status(http.StatusOK)
	}
}

// growModeration gives the moderators of the community more to do, and does it.
func (c *crowded) growModeration(i int, local, them *models.Actor) {
	c.t.Helper()
	thread := c.write(local, fmt.Sprintf("@care judged %d", i), "public", nil)
	community, one := pathOf("/api/praxis/v1/communities/{id}", c.care.ID), pathOf("/api/praxis/v1/statuses/{id}", thread.ID)
	c.post(c.alice, one+"/remove", "reason=no").status(http.StatusOK)
	c.post(local, one+"/appeal", "text=please").status(http.StatusOK)
	kept := c.write(local, fmt.Sprintf("@care kept %d", i), "public", nil)
	c.post(c.alice, pathOf("/api/praxis/v1/statuses/{id}/lock", kept.ID), "reason=no").status(http.StatusOK)
	c.post(c.bob, "/api/v1/reports", map[string]any{"account_id": formatID(local.ID), "status_ids": []string{formatID(kept.ID)}}).status(http.StatusOK)
	c.post(c.alice, community+"/bans", "account_id="+formatID(them.ID)).status(http.StatusOK)
	c.post(c.alice, community+"/moderators", "account_id="+formatID(local.ID)).status(http.StatusOK)
}

// growShelves makes what members keep for themselves more.
func (c *crowded) growShelves(i int, them *models.Actor) {
	c.t.Helper()
	answer := formatID(c.posts[i])
	c.must(c.service.Block(c.t.Context(), c.alice, c.remote(fmt.Sprintf("x%d", i), "x.test", models.TypePerson), ""))
	c.post(c.alice, pathOf("/api/v1/accounts/{id}/mute", c.remote(fmt.Sprintf("y%d", i), "x.test", models.TypePerson).ID), "duration=3600000").status(http.StatusOK)
	c.post(c.alice, "/api/v1/domain_blocks", fmt.Sprintf("domain=d%d.test", i)).status(http.StatusOK)
	c.post(c.alice, pathOf("/api/v1/accounts/{id}/endorse", them.ID), nil).status(http.StatusOK)
	c.post(c.alice, "/api/v1/lists/"+c.list+"/accounts", "account_ids[]="+formatID(them.ID)).status(http.StatusOK)
	c.newList(c.alice, map[string]any{"title": fmt.Sprintf("l%d", i)}, &models.Actor{ID: c.people[0]})
	c.post(c.alice, fmt.Sprintf("/api/v1/tags/t%d/follow", i), nil).status(http.StatusOK)
	if i < practice.MaxFeaturedTags {
		c.post(c.alice, fmt.Sprintf("/api/v1/tags/t%d/feature", i), nil).status(http.StatusOK)
	}
	c.post(c.alice, "/api/v1/statuses", map[string]any{
		"status": "later", "scheduled_at": fmt.Sprintf("2026-03-%02dT12:00:00Z", i+5),
		"media_ids": []any{c.upload(c.alice, map[string]any{"file": pictureOf(c.t, 4, 4)})["id"]},
	}).status(http.StatusOK)
	filter := "/api/v2/filters/" + c.post(c.alice, "/api/v2/filters", map[string]any{
		"title": "F", "context": []string{"home"}, "keywords_attributes": []any{map[string]any{"keyword": "hi"}, map[string]any{"keyword": fmt.Sprint("w", i)}},
	}).object()["id"].(string)
	c.post(c.alice, filter+"/statuses", "status_id="+answer).status(http.StatusOK)
	if c.filter == "" {
		c.filter = filter
	} else {
		c.post(c.alice, c.filter+"/keywords", fmt.Sprintf("keyword=k%d", i)).status(http.StatusOK)
		c.post(c.alice, c.filter+"/statuses", "status_id="+answer).status(http.StatusOK)
	}
}

// growCommunity makes a community larger, in all that it has.
func (c *crowded) growCommunity(i int, local *models.Actor) {
	c.t.Helper()
	care := ownAPI + "/communities/" + formatID(c.care.ID)
	c.as(c.alice, http.MethodPatch, care, fmt.Sprintf("charter=version+%d", i)).status(http.StatusOK)
	c.post(local, care+"/join", fmt.Sprintf("charter_version=%d", i+1)).status(http.StatusOK)
	c.post(c.alice, care+"/invitations", nil).status(http.StatusOK)
	_, err := c.service.OneSidedPartner(c.t.Context(), practice.By{}, fmt.Sprintf("p%d.test", i), "")
	c.must(err)
	c.as(c.alice, http.MethodPut, care+fmt.Sprintf("/partners/p%d.test", i), nil).status(http.StatusOK)
	own := c.post(local, ownAPI+"/communities", fmt.Sprintf("name=own%d&topics[]=same&anyway=true", i)).object()["id"].(string)
	feed := c.post(c.alice, ownAPI+"/feeds", fmt.Sprintf("name=set%d", i)).object()["id"].(string)
	if c.feed == "" {
		c.feed = feed
	}
	for _, set := range []string{c.feed, feed} {
		c.post(c.alice, ownAPI+"/feeds/"+set+"/communities", "community_id="+own).status(http.StatusOK)
	}
	host := fmt.Sprintf("p%d.test", i)
	far := c.remote("sibling", fmt.Sprintf("s%d.test", i), models.TypeGroup)
	pair, err := c.service.ProposeSibling(c.t.Context(), c.alice, c.care, far, practice.SiblingTerms{})
	c.must(err)
	pair.State, pair.Agreement = models.SiblingLive, pair.Offer
	c.must(c.store.Tx(c.t.Context(), func(tx *models.Tx) error { return tx.SaveSibling(pair) }))
	_, err = c.service.OneSidedPartner(c.t.Context(), practice.By{}, fmt.Sprintf("q%d.test", i), "")
	c.must(err)
	c.must(c.store.Tx(c.t.Context(), func(tx *models.Tx) error {
		return tx.ReplacePeerCommunities(host, []models.PeerCommunity{{URI: "https://" + host + "/c/own", Handle: "own@" + host, Topics: "same"}})
	}))
}

// growInstance makes what concerns all members, and what moderators see, more.
func (c *crowded) growInstance(i int, local *models.Actor) {
	c.t.Helper()
	_, err := c.service.AddEmoji(c.t.Context(), fmt.Sprintf("e%d", i), "", emojiPicture(c.t, "png"))
	c.must(err)
	rule, err := c.service.AddRule(c.t.Context(), "Be kind", "")
	c.must(err)
	made, err := c.service.Announce(c.t.Context(), fmt.Sprintf("Hello :e%d: #news", i), c.store.Now(), c.store.Now().AddDate(1, 0, 0), false)
	c.must(err)
	c.must(c.service.ReactToAnnouncement(c.t.Context(), c.alice, made.ID, fmt.Sprintf("e%d", i)))
	c.must(c.store.Tx(c.t.Context(), func(tx *models.Tx) error {
		due, err := tx.DueCards(99)
		for k := range due {
			due[k].State, due[k].Title = models.CardReady, "Page"
			if err == nil {
				err = tx.SaveCard(&due[k])
			}
		}
		if err == nil {
			err = tx.UpdatePeer(fmt.Sprintf("p%d.test", i), func(*models.Peer) {})
		}
		return err
	}))
	c.post(local, "/api/v1/reports", map[string]any{
		"account_id": formatID(c.people[i]), "status_ids": []string{formatID(c.posts[i])}, "category": "violation", "rule_ids": []string{formatID(rule.ID)},
	}).status(http.StatusOK)
	for noun, body := range map[string]string{
		"domain_blocks": "domain=bad%d.test", "domain_allows": "domain=good%d.test", "email_domain_blocks": "domain=spam%d.test", "ip_blocks": "ip=198.51.100.%d&severity=sign_up_block",
		"canonical_email_blocks": "email=a%d@mail.test",
	} {
		c.post(c.boss, "/api/v1/admin/"+noun, fmt.Sprintf(body, i)).status(http.StatusOK)
	}
}

// listings is every list that may be long, by who asks.
func (c *crowded) listings() map[*models.Actor]string {
	var people, posts []string
	for i := range c.people {
		people, posts = append(people, "id[]="+formatID(c.people[i])), append(posts, "id[]="+formatID(c.posts[i]))
	}
	group := ""
	for _, g := range c.get(c.alice, "/api/v2/notifications?types[]=favourite").object()["notification_groups"].([]any) {
		group = g.(map[string]any)["group_key"].(string)
	}
	replace := strings.NewReplacer(
		"{people}", strings.Join(people, "&"), "{posts}", strings.Join(posts, "&"), "{group}", group, "{root}", formatID(c.root.ID),
		"{alice}", formatID(c.alice.ID), "{bob}", formatID(c.bob.ID), "{care}", formatID(c.care.ID), "{them}", formatID(c.people[0]),
		"{list}", c.list, "{filter}", c.filter, "{asset}", c.asset, "{feed}", c.feed,
	)
	return map[*models.Actor]string{
		nil: replace.Replace(`/api/v1/timelines/public?limit=40 /api/v1/timelines/tag/topic?limit=40 /api/v1/accounts/{alice}/statuses?limit=40
			/api/v1/statuses/{root}/context /api/v1/accounts/{bob}/followers /api/v1/trends/statuses /api/v1/custom_emojis /api/v1/instance/rules
			/api/v1/instance/peers /api/v1/instance/domain_blocks /api/v1/instance /api/v2/instance /api/v1/peers/search?q=p`),
		c.alice: replace.Replace(`/api/v1/timelines/home?limit=40 /api/v1/timelines/public?limit=40 /api/v1/timelines/tag/topic?limit=40
			/api/v1/timelines/list/{list}?limit=40 /api/v1/timelines/list/{care} /api/v1/timelines/link?url=https://shared.test/
			/api/v1/accounts/{alice}/statuses?limit=40 /api/v1/accounts/{alice}/statuses?pinned=true /api/v1/accounts/{care}/statuses?limit=40
			/api/v1/statuses?{posts} /api/v1/statuses/{root}/context /api/v1/statuses/{root}/history /api/v1/statuses/{root}/favourited_by
			/api/v1/statuses/{root}/reblogged_by /api/v1/statuses/{root}/quotes /api/v1/favourites?limit=40 /api/v1/bookmarks?limit=40
			/api/v1/notifications?limit=80 /api/v2/notifications?limit=80 /api/v2/notifications?limit=80&grouped_types[]=none
			/api/v2/notifications?expand_accounts=partial_avatars /api/v2/notifications/{group} /api/v2/notifications/{group}/accounts
			/api/v1/conversations /api/v2/search?q=hi /api/v2/search?q=t&type=hashtags /api/v2/search?q=r /api/v1/accounts/search?q=r
			/api/v1/accounts?{people} /api/v1/accounts/relationships?{people} /api/v1/accounts/familiar_followers?id[]={bob} /api/v1/directory
			/api/v1/suggestions /api/v2/suggestions /api/v1/accounts/{alice}/followers /api/v1/accounts/{alice}/following /api/v1/accounts/{them}/lists
			/api/v1/lists /api/v1/lists/{list}/accounts /api/v1/blocks /api/v1/mutes /api/v1/domain_blocks /api/v1/endorsements
			/api/v1/accounts/{alice}/endorsements /api/v1/featured_tags /api/v1/accounts/{alice}/featured_tags /api/v1/featured_tags/suggestions
			/api/praxis/v1/me/imports
			/api/v1/followed_tags /api/v1/scheduled_statuses /api/v2/filters /api/v1/filters {filter} {filter}/keywords {filter}/statuses
			/api/praxis/v1/communities /api/praxis/v1/communities/elsewhere /api/praxis/v1/communities/similar?name=own&topics[]=same
			/api/praxis/v1/feeds /api/praxis/v1/feeds/{feed}
			/api/praxis/v1/communities/{care}/members /api/praxis/v1/communities/{care}/invitations
			/api/praxis/v1/communities/{care}/partners /api/praxis/v1/communities/{care}/charter
			/api/praxis/v1/statuses/{asset}/responses?verb=reused /api/praxis/v1/statuses/{asset}/derived
			/api/v1/announcements /api/v1/trends/tags?limit=20 /api/v1/trends/statuses /api/v1/trends/links?limit=20`),
		c.locked: "/api/v1/follow_requests",
		c.strict: "/api/v1/notifications/requests",
		c.boss: replace.Replace(`/api/praxis/v1/communities/{care}/log /api/praxis/v1/communities/{care}/bans
			/api/praxis/v1/communities/{care}/reports /api/praxis/v1/communities/{care}/appeals
			/api/praxis/v1/communities/{care}/siblings /api/praxis/v1/communities/{care}/organizations /api/praxis/v1/admin/siblings
			/api/praxis/v1/communities/{care}/moderators /api/v1/admin/accounts /api/v2/admin/accounts?origin=remote /api/v1/admin/reports /api/v1/admin/domain_blocks /api/v1/admin/domain_allows /api/v1/notifications
			/api/v1/admin/email_domain_blocks /api/v1/admin/ip_blocks /api/v1/admin/canonical_email_blocks /api/v2/notifications /api/praxis/v1/admin/peers /api/praxis/v1/admin/partners /api/praxis/v1/admin/audit`),
	}
}

// cost is what a list had to show, and how many statements it took.
type cost struct{ items, statements int64 }

// ask asks for all lists.
func (c *crowded) ask() map[string]cost {
	c.t.Helper()
	found := map[string]cost{}
	for who, paths := range c.listings() {
		c.later(tokenNoted)
		c.get(who, "/api/v1/preferences") // that a token is used is noted from time to time: now, and not with a list
		for i, path := range strings.Fields(paths) {
			name, _, _ := strings.Cut(path, "id[]")
			name = fmt.Sprint(who != nil, i, " ", name)
			if strings.Contains(path, "/trends/") {
				c.later(trendFresh * 2)
				c.get(who, "/api/v1/preferences")
			}
			before := c.statements.Load()
			a := c.get(who, path)
			if a.Code != http.StatusOK {
				c.t.Errorf("%s answers %d: %s", path, a.Code, a.Body)
				continue
			}
			var answer any
			c.must(json.Unmarshal(a.Body.Bytes(), &answer))
			found[name] = cost{itemsOf(answer), c.statements.Load() - before}
		}
	}
	return found
}

// itemsOf counts what a page shows: the items of the longest list that the answer is, or has in it.
func itemsOf(answer any) int64 {
	if items, ok := answer.([]any); ok {
		longest := int64(len(items))
		if len(items) == 1 {
			longest = max(longest, itemsOf(items[0]))
		}
		return longest
	}
	longest := int64(0)
	object, _ := answer.(map[string]any)
	for _, inner := range object {
		if items, ok := inner.([]any); ok {
			longest = max(longest, int64(len(items)))
		}
	}
	return longest
}

// tokenNoted is a little longer than the time after which it is noted again that a token is used.
const tokenNoted = time.Hour + time.Minute

// mostStatements is what the costliest page may take.
const mostStatements = 36

// shortRoutes are all routes that read and have no list that grows.
func shortRoutes() []string {
	return strings.Fields(`/api/praxis/v1/communities/{id}/siblings/{sibling} /api/praxis/v1/communities/{id}/siblings/{sibling}/charter /api/praxis/v1/communities/{id}/closing /api/praxis/v1/me/leaving /api/praxis/v1/me/imports/{id} /api/praxis/v1/me/record /api/praxis/v1/me/exports /api/praxis/v1/me/exports/{id}/file /api/praxis/v1/me/csv/{key} /api/praxis/v1/me/record/{key}
		/api/praxis/v1/admin/policy/lists /api/praxis/v1/admin/partners/{host} /api/praxis/v1/admin/partners/{host}/compare /api/praxis/v1/admin/policy/subscriptions /api/praxis/v1/admin/partners/{host}/record /api/praxis/v1/admin/policy /api/praxis/v1/admin/policy/domains/{host} /api/praxis/v1/admin/peers/{host} /api/praxis/v1/statuses/{id}/receipt /api/praxis/v1/communities/{id} /api/praxis/v1/communities/{id}/participation /api/praxis/v1/communities/{id}/kinds /api/oembed /api/v1/accounts/lookup /api/v1/accounts/verify_credentials /api/v1/accounts/{id} /api/v1/accounts/{id}/identity_proofs
		/api/v1/admin/accounts/{id} /api/v1/admin/canonical_email_blocks/{id} /api/v1/admin/domain_allows/{id}
		/api/v1/admin/domain_blocks/{id} /api/v1/admin/email_domain_blocks/{id} /api/v1/admin/ip_blocks/{id} /api/v1/admin/reports/{id}
		/api/v1/admin/tags /api/v1/admin/tags/{id} /api/v1/admin/trends/links /api/v1/admin/trends/links/publishers /api/v1/admin/trends/statuses
		/api/v1/admin/trends/tags /api/v1/annual_reports /api/v1/annual_reports/{id}/state /api/v1/domain_blocks/preview
		/api/v1/emails/check_confirmation /api/v1/featured_tags/{id} /api/v1/filters/{id} /api/v1/instance/activity
		/api/v1/instance/extended_description /api/v1/instance/languages /api/v1/instance/privacy_policy /api/v1/instance/terms_of_service
		/api/v1/instance/terms_of_service/{id} /api/v1/instance/translation_languages /api/v1/lists/{id} /api/v1/markers /api/v1/media/{id}
		/api/v1/notifications/policy /api/v1/notifications/requests/merged /api/v1/notifications/requests/{id} /api/v1/notifications/unread_count
		/api/v1/notifications/{id} /api/v1/polls/{id} /api/v1/preferences /api/v1/push/subscription /api/v1/scheduled_statuses/{id}
		/api/v1/statuses/{id} /api/v1/statuses/{id}/source /api/v1/tags/{tag} /api/v1/trends /api/v2/filters/keywords/{id} /api/v2/filters/statuses/{id}
		/api/v2/notifications/policy /api/v2/notifications/unread_count`)
}

// everyListIsAsked: a route that reads stands among the lists or among the others.
func (c *crowded) everyListIsAsked() {
	c.t.Helper()
	router, asked := c.handler.(*mux.Router), map[string]bool{}
	for _, paths := range c.listings() {
		for _, path := range strings.Fields(paths) {
			var match mux.RouteMatch
			if router.Match(httptest.NewRequest(http.MethodGet, path, nil), &match) && match.Route != nil {
				pattern, _ := match.Route.GetPathTemplate()
				asked[pattern] = true
			}
		}
	}
	for _, rt := range c.server.routes() {
		if short := slices.Contains(shortRoutes(), rt.path); rt.methods[0] == http.MethodGet && asked[rt.path] == short {
			c.t.Errorf("%s: among the lists is %v, among shortRoutes %v", rt.path, asked[rt.path], short)
		}
	}
}

// TestNoListCostsMoreForMore: every list takes as many statements for many items as for few. Both databases are asked the same
// statements, and counting on both gave the same numbers, so SQLite stands for both.
func TestNoListCostsMoreForMore(t *testing.T) {
	c := newCrowded(t)
	_, err := c.service.EnsureInstanceActor(t.Context())
	c.must(err)
	for range 2 {
		c.grow()
	}
	c.everyListIsAsked()
	few := c.ask()
	for range 5 {
		c.grow()
	}
	for name, many := range c.ask() {
		if many.items <= few[name].items || few[name].items == 0 {
			t.Errorf("%s has %d items at first and %d then: it must have more", name, few[name].items, many.items)
		}
		if many.statements > few[name].statements || many.statements == 0 || many.statements > mostStatements {
			t.Errorf("%s: %d statements for %d items, %d for %d", name, few[name].statements, few[name].items, many.statements, many.items)
		}
	}
}
