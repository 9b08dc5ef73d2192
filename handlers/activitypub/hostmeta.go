package activitypub

import (
	"encoding/xml"
	"io"
	"net/http"

	"praxis/handlers/respond"
)

// hostMeta says where WebFinger is (RFC 6415).
type hostMeta struct {
	XMLName xml.Name     `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
	Link    hostMetaLink `xml:"Link"`
}

type hostMetaLink struct {
	Rel      string `xml:"rel,attr"`
	Type     string `xml:"type,attr"`
	Template string `xml:"template,attr"`
}

func (s *Server) webFingerTemplate() string {
	return s.links.Base + "/.well-known/webfinger?resource={uri}"
}

func (s *Server) getHostMeta(w http.ResponseWriter, r *http.Request) {
	doc := hostMeta{Link: hostMetaLink{Rel: "lrdd", Type: "application/jrd+json", Template: s.webFingerTemplate()}}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/xrd+xml; charset=utf-8")
	w.Header().Set("Cache-Control", cachePublic)
	_, _ = io.WriteString(w, xml.Header+string(body)+"\n")
}

func (s *Server) getHostMetaJSON(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", cachePublic)
	respond.JSON(w, http.StatusOK, jrd{Links: []jrdLink{
		{Rel: "lrdd", Type: "application/jrd+json", Template: s.webFingerTemplate()},
	}})
}
