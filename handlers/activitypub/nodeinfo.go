package activitypub

import (
	"net/http"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/federation/sign"
	"praxis/handlers/respond"
	"praxis/models"
)

const nodeInfoSchema = "http://nodeinfo.diaspora.software/ns/schema/"

// softwareName is what other servers know this software by.
const softwareName = "praxis"

// getNodeInfoLinks names both versions: some readers know only 2.0.
func (s *Server) getNodeInfoLinks(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", cachePublic)
	respond.JSON(w, http.StatusOK, jrd{Links: []jrdLink{
		{Rel: nodeInfoSchema + "2.0", Href: s.links.Base + "/nodeinfo/2.0"},
		{Rel: nodeInfoSchema + "2.1", Href: s.links.Base + "/nodeinfo/2.1"},
	}})
}

type nodeInfo struct {
	Version           string       `json:"version"`
	Software          nodeSoftware `json:"software"`
	Protocols         []string     `json:"protocols"`
	Services          nodeServices `json:"services"`
	OpenRegistrations bool         `json:"openRegistrations"`
	Usage             nodeUsage    `json:"usage"`
	Metadata          nodeMetadata `json:"metadata"`
}

// nodeMetadata is what the schema leaves open. Apps built on megalodon ask upstream which client API a server speaks whose
// name they do not know, and turn away from one that does not say.
type nodeMetadata struct {
	NodeName        string       `json:"nodeName"`
	NodeDescription string       `json:"nodeDescription"`
	Upstream        nodeUpstream `json:"upstream"`
	// HTTPSignatures are the schemes that signed requests may be in, beside draft-cavage.
	HTTPSignatures []string `json:"httpSignatures"`
	// Implements are the addresses of what this server understands beyond what others do.
	Implements []string `json:"implements"`
}

type nodeUpstream struct {
	Name string `json:"name"`
}

type nodeSoftware struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	Repository string `json:"repository,omitempty"`
	Homepage   string `json:"homepage,omitempty"`
}

type nodeServices struct {
	Inbound  []string `json:"inbound"`
	Outbound []string `json:"outbound"`
}

type nodeUsage struct {
	Users      nodeUsers `json:"users"`
	LocalPosts int64     `json:"localPosts"`
}

type nodeUsers struct {
	Total          int64 `json:"total"`
	ActiveMonth    int64 `json:"activeMonth"`
	ActiveHalfyear int64 `json:"activeHalfyear"`
}

// getNodeInfo says what runs here and how much it is used (NodeInfo 2.0 and 2.1).
func (s *Server) getNodeInfo(w http.ResponseWriter, r *http.Request) {
	statistics, err := s.store.Read(r.Context()).Statistics()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	version := mux.Vars(r)["version"]
	w.Header().Set("Content-Type", `application/json; profile="`+nodeInfoSchema+version+`#"; charset=utf-8`)
	w.Header().Set("Cache-Control", cachePublic)
	respond.JSON(w, http.StatusOK, s.nodeInfo(version, statistics))
}

func (s *Server) nodeInfo(version string, statistics models.Statistics) nodeInfo {
	doc := nodeInfo{
		Version:   version,
		Software:  nodeSoftware{Name: softwareName, Version: s.cfg.Version},
		Protocols: []string{"activitypub"},
		Services:  nodeServices{Inbound: []string{}, Outbound: []string{}},
		Usage: nodeUsage{
			Users:      nodeUsers{statistics.Members, statistics.ActiveMonth, statistics.ActiveHalfYear},
			LocalPosts: statistics.Posts,
		},
		OpenRegistrations: s.cfg.Registrations == "open",
		Metadata: nodeMetadata{
			NodeName: s.cfg.Name, NodeDescription: s.cfg.Description, Upstream: nodeUpstream{"mastodon"},
			HTTPSignatures: []string{string(sign.RFC9421), string(sign.Ed25519)}, Implements: []string{outbox.SiblingsFeature},
		},
	}
	if version == "2.1" { // the schema of 2.0 knows no further properties
		doc.Software.Repository, doc.Software.Homepage = s.cfg.Repository, s.cfg.Homepage
	}
	return doc
}
