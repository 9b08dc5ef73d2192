package mastodon

import "net/http"

// askFeeds asks for all about sets of communities.
func (k *contract) askFeeds() {
	made := k.post(k.alice, ownAPI+"/feeds", "name=health&display_name=Health&about=All+about+health").object()["id"].(string)
	feed := ownAPI + "/feeds/" + made
	care := map[string]any{"community_id": formatID(k.care.ID)}
	if shown := k.post(k.alice, feed+"/communities", care).object(); len(shown["communities"].([]any)) != 1 {
		k.t.Errorf("the feed is %v", shown)
	}
	if shown := k.get(nil, feed).object(); shown["owner"].(map[string]any)["id"] != formatID(k.alice.ID) {
		k.t.Errorf("the feed is %v", shown)
	}
	k.get(nil, ownAPI+"/feeds")
	k.get(k.bob, ownAPI+"/feeds?limit=1")
	if shown := k.as(k.alice, http.MethodDelete, feed+"/communities", care).object(); len(shown["communities"].([]any)) != 0 {
		k.t.Errorf("the feed is %v", shown)
	}
}
