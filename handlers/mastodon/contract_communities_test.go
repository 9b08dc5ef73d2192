package mastodon

import (
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// askCommunities asks for all that is Praxis's own about communities.
func (k *contract) askCommunities() {
	made := k.post(k.alice, ownAPI+"/communities", map[string]any{
		"name": "wards", "display_name": "Wards", "domain": "What happens at night #night", "joining": "request", "class": "partners",
		"charter": "We share what we learn.", "rules": []string{"No names of patients"}, "languages": []string{"en", "pt-br"},
		"place": "Utrecht", "topics": []string{"night shifts"}, "recognition": "sponsored", "sponsor": "The hospital", "label": "circle",
	}).object()["id"].(string)
	wards := ownAPI + "/communities/" + made
	k.must(k.store.Tx(k.t.Context(), func(tx *models.Tx) error {
		return tx.ReplacePeerCommunities("b.test", []models.PeerCommunity{
			{URI: "https://b.test/c/wards", Handle: "wards@b.test", Name: "Wards", About: "At night", Topics: "night shifts", Followers: 3},
		})
	}))
	k.get(k.bob, ownAPI+"/communities/elsewhere?q=night")
	k.get(k.bob, ownAPI+"/communities/similar?name=wards")
	k.get(k.bob, wards)
	k.get(nil, ownAPI+"/communities")
	k.get(k.bob, ownAPI+"/communities?q=night&local=true")
	k.get(k.bob, wards+"/charter")
	k.post(k.bob, wards+"/join", "charter_version=1&message=I+work+nights")
	k.post(k.carol, wards+"/join", "charter_version=1")
	k.get(k.alice, wards+"/members?state=requested")
	k.post(k.alice, wards+"/members/"+formatID(k.bob.ID)+"/accept", nil)
	k.post(k.alice, wards+"/members/"+formatID(k.carol.ID)+"/reject", nil)
	k.as(k.alice, http.MethodPatch, wards+"/members/"+formatID(k.bob.ID), "role=broker")
	k.get(k.bob, wards+"/members")
	invitation := k.post(k.alice, wards+"/invitations", "max_uses=3&expires_in=86400").object()
	k.get(k.alice, wards+"/invitations")
	k.post(k.carol, wards+"/join", map[string]any{"charter_version": 1, "invitation": invitation["url"]})
	k.as(k.alice, http.MethodDelete, wards+"/invitations/"+invitation["id"].(string), nil)
	_, err := k.service.EnsureInstanceActor(k.t.Context())
	k.must(err)
	_, err = k.service.OneSidedPartner(k.t.Context(), practice.By{}, "b.test", "")
	k.must(err)
	k.as(k.alice, http.MethodPut, wards+"/partners/b.test", "may_post=false")
	k.get(k.alice, wards+"/partners")
	k.as(k.alice, http.MethodDelete, wards+"/partners/b.test", nil)
	k.as(k.alice, http.MethodPatch, wards, "charter=We+share+and+cite.")
	pictured := k.sendFiles(k.tokens[k.alice.ID], http.MethodPatch, wards, map[string]any{"avatar": pictureOf(k.t, 6, 6), "header": pictureOf(k.t, 6, 3)})
	if shown := pictured.object()["account"].(map[string]any); !strings.Contains(shown["avatar"].(string), "/media/") || !strings.Contains(shown["header"].(string), "/media/") {
		k.t.Errorf("the pictures of a community are %v and %v", shown["avatar"], shown["header"])
	}
	for _, name := range []string{"m1", "m2", "m3", "m4", "m5"} {
		k.post(k.member(name), wards+"/join", "charter_version=2")
	}
	k.get(k.alice, wards+"/participation")
	k.post(k.carol, wards+"/leave", nil)
	k.as(k.alice, http.MethodDelete, wards+"/members/"+formatID(k.bob.ID), nil)
}
