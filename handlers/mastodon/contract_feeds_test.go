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
	k.as(k.bob, http.MethodDelete, feed+"/communities", care).status(http.StatusForbidden)
	k.post(k.bob, feed+"/communities", care).status(http.StatusForbidden)
	k.post(k.alice, ownAPI+"/feeds", "name=health").status(http.StatusConflict)
	k.post(k.alice, ownAPI+"/feeds", "name=no+name").status(http.StatusUnprocessableEntity)
	k.post(k.alice, feed+"/communities", map[string]any{"community_id": formatID(k.bob.ID)}).status(http.StatusNotFound)
	k.get(nil, ownAPI+"/feeds/"+formatID(k.care.ID)).status(http.StatusNotFound)
	if shown := k.as(k.alice, http.MethodDelete, feed+"/communities", care).object(); len(shown["communities"].([]any)) != 0 {
		k.t.Errorf("the feed is %v", shown)
	}
}
