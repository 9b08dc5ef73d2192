package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

// furnish gives the house something of everything.
func (k *contract) furnish() {
	k.t.Helper()
	k.boss, k.alice, k.bob, k.carol = k.staffed("boss", models.RoleOwner), k.member("alice"), k.member("bob"), k.member("carol")
	k.care = k.community("care", k.alice, false)
	k.them = k.remote("them", "b.test", models.TypePerson)
	k.furnishPeople()
	k.furnishInstance()
	k.furnishPosts()
	k.furnishReactions()
}

// furnishPeople makes people known to each other.
func (k *contract) furnishPeople() {
	k.t.Helper()
	moved := k.remote("moved", "b.test", models.TypePerson)
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error {
		k.them.DisplayName = "Them :cat:"
		if err := tx.SaveRemoteActor(k.them); err != nil {
			return err
		}
		moved.MovedToURI = k.them.URI
		return tx.SaveRemoteActor(moved)
	}))
	yes := true
	for _, who := range []*models.Actor{k.boss, k.alice, k.bob} {
		_, err := k.service.UpdateProfile(k.t.Context(), who, practice.Profile{
			Fields: []models.Field{{Name: "Site", Value: "https://a.test"}}, Discoverable: &yes, Indexable: &yes, AttributionDomains: []string{"b.test"},
		})
		k.must(err)
	}
	_, err := k.service.UpdateProfile(k.t.Context(), k.carol, practice.Profile{Locked: &yes})
	k.must(err)
	for _, pair := range [][2]*models.Actor{
		{k.alice, k.care}, {k.alice, k.them}, {k.them, k.alice}, {k.them, k.bob}, {k.bob, k.alice}, {k.bob, k.boss}, {moved, k.alice},
	} {
		k.follows(pair[0], pair[1])
	}
	for _, who := range []*models.Actor{k.alice, k.bob} {
		k.post(who, pathOf("/api/v1/accounts/{id}/follow", k.carol.ID), nil)
	}
	k.post(k.boss, pathOf("/api/v1/accounts/{id}/follow", k.bob.ID), "languages[]=de&notify=true")
	limited := k.remote("limited", "c.test", models.TypePerson)
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error { return tx.MarkActor(limited.ID, models.MarkSilenced, 1) }))
}

// furnishInstance says how the instance is run.
func (k *contract) furnishInstance() {
	k.t.Helper()
	_, err := k.service.AddEmoji(k.t.Context(), "yes", "Hands", emojiPicture(k.t, "png"))
	k.must(err)
	k.must(k.service.LearnEmoji(k.t.Context(), []models.CustomEmoji{
		{Host: "b.test", Shortcode: "cat", URL: "https://b.test/cat.png", StaticURL: "https://b.test/cat.png", Visible: true},
	}))
	_, err = k.service.AddRule(k.t.Context(), "Be kind", "Also to the wrong")
	k.must(err)
	made, err := k.service.Announce(k.t.Context(), "Hello :yes: #news", k.store.Now().Add(-time.Hour), k.store.Now().Add(24*time.Hour), false)
	k.must(err)
	path := pathOf("/api/v1/announcements/{id}", made.ID)
	k.as(k.alice, http.MethodPut, path+"/reactions/yes", nil)
	k.as(k.bob, http.MethodPut, path+"/reactions/yes", nil)
	k.get(k.alice, "/api/v1/announcements")
	k.post(k.alice, path+"/dismiss", nil)
	k.get(k.alice, "/api/v1/announcements")
	k.as(k.alice, http.MethodDelete, path+"/reactions/yes", nil)
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error { return tx.UpdatePeer("b.test", func(*models.Peer) {}) }))
}

// furnishPosts writes a thread of alice's in the community, whose answer from elsewhere has all that a post can have.
func (k *contract) furnishPosts() {
	k.t.Helper()
	k.root = k.post(k.alice, "/api/v1/statuses", map[string]any{
		"status": "@care What now :yes:? #ask https://b.test/page\n\nText @them@b.test", "language": "de", "spoiler_text": "long",
	}).object()["id"].(string)
	likewise := k.post(k.bob, "/api/v1/statuses", "status=so+do+I+%23ask+https://b.test/page").object()["id"].(string)
	k.post(k.alice, "/api/v1/statuses/"+likewise+"/favourite", nil)
	root := k.stored(k.root)
	answer := k.receive(practice.Draft{
		Author: k.them, URI: "https://b.test/p/1", URL: "https://b.test/@them/1", Language: "en", InReplyTo: root, Mentions: []*models.Actor{k.alice, k.bob},
		Content: `<p>this :cat: <a href="https://b.test/page">page</a></p>`, Tags: []string{"ask"}, Attachments: []models.Attachment{
			{Type: "image", MediaType: "image/png", URL: "https://b.test/1.png", Width: 4, Height: 3, Description: "x", Blurhash: "abc", FocusX: 0.5, FocusY: 0.5},
			{Type: "audio", MediaType: "audio/ogg", URL: "https://b.test/1.ogg", Duration: 3, Size: 1000, FrameRate: "30/1"},
		},
	})
	k.reply = formatID(answer.ID)
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error {
		due, err := tx.DueCards(9)
		for i := range due {
			due[i].State, due[i].Title, due[i].Description, due[i].AuthorName, due[i].AuthorURL = models.CardReady, "A page", "of it", "Ann", "https://b.test/ann"
			due[i].ProviderName, due[i].ProviderURL, due[i].ImageURL, due[i].ImageAlt = "B", "https://b.test", "https://b.test/i.png", "a picture"
			due[i].Blurhash, due[i].Width, due[i].Height, due[i].Language, due[i].PublishedAt = "abc", 4, 3, "en", 1
			if err == nil {
				err = tx.SaveCard(&due[i])
			}
		}
		return err
	}))
}

// furnishReactions lets people like, boost, quote and answer.
func (k *contract) furnishReactions() {
	k.t.Helper()
	root := k.stored(k.root)
	k.must(k.service.Favourite(k.t.Context(), k.them, root, "https://b.test/l/1", practice.Cause{URI: "x"}))
	fan := k.remote("fan", "c.test", models.TypePerson)
	k.must(k.service.Favourite(k.t.Context(), fan, root, "https://c.test/l/1", practice.Cause{URI: "y"}))
	for _, name := range []string{"favourite", "reblog", "bookmark"} {
		for _, who := range []*models.Actor{k.bob, k.alice} {
			k.post(who, "/api/v1/statuses/"+k.root+"/"+name, nil)
			k.post(who, "/api/v1/statuses/"+k.reply+"/"+name, nil)
		}
	}
	inner := k.quotes(k.bob, root.ID, map[string]any{"status": "look :yes:"})
	outer := k.quotes(k.alice, parse(inner["id"]), nil)
	k.get(k.alice, "/api/v1/statuses/"+outer["id"].(string)+"/history")
	k.as(k.alice, http.MethodPut, "/api/v1/statuses/"+k.root, map[string]any{
		"status": "@care What now :yes:? #ask https://b.test/page\n\nMore text @them@b.test", "spoiler_text": "longer", "language": "de",
	})
	mentions(k.house, k.remote("held", "b.test", models.TypePerson), k.alice, "public", models.Public)
	k.as(k.alice, http.MethodPatch, "/api/v2/notifications/policy", "for_not_following=filter")
	mentions(k.house, k.remote("shy", "b.test", models.TypePerson), k.alice, "held1", models.Public)
	mentions(k.house, k.remote("coy", "b.test", models.TypePerson), k.alice, "held2", models.Public)
	mentions(k.house, k.remote("mum", "b.test", models.TypePerson), k.alice, "held3", models.Public)
	mentions(k.house, k.remote("wry", "b.test", models.TypePerson), k.alice, "held4", models.Public)
	k.write(k.alice, "@bob hello", "direct", nil)
}

// stored reads a post by its id.
func (k *contract) stored(id string) *models.Post {
	k.t.Helper()
	posts, err := k.store.Read(k.t.Context()).Posts(ids([]string{id}, 1))
	k.must(err)
	return posts[parse(id)]
}
