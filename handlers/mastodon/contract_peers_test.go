package mastodon

import "praxis/models"

// askPeers asks for all about deliveries to other servers.
func (k *contract) askPeers() {
	const peers = ownAPI + "/admin/peers"
	shown := k.get(k.boss, peers).list()
	if len(shown) == 0 {
		k.t.Error("no peers")
	}
	k.get(k.boss, peers+"?state=failing")
	k.get(k.boss, peers+"/b.test")
	for verb, state := range map[string]string{"pause": models.PeerPaused, "resume": models.PeerHealthy, "retry": models.PeerHealthy} {
		if got := k.post(k.boss, peers+"/b.test/"+verb, nil).object(); got["state"] != state {
			k.t.Errorf("%s: %v", verb, got)
		}
	}
	k.post(k.boss, peers+"/b.test/resend", "since="+k.store.Now().UTC().Format("2006-01-02T15:04:05Z")).object()
	mine := k.post(k.alice, "/api/v1/statuses", "status=Where+does+it+go").object()["id"].(string)
	k.get(k.alice, ownAPI+"/statuses/"+mine+"/receipt").list()
	if shown := k.get(k.boss, peers+"/b.test").object(); shown["signatures"] != "cavage" {
		k.t.Errorf("it does not say which signatures the peer takes: %v", shown)
	}
}
