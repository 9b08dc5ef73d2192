package desk_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/config"
	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// house is one instance that browsers reach, with people of each rank and something in every list.
type house struct {
	*testrig.Server
	t        *testing.T
	url      string
	ann, bo  *testrig.Member // an admin and a moderator
	cleo     *testrig.Member // a member
	far      *models.Actor   // somebody elsewhere
	wards    *models.Actor   // a community of ann's
	report   *models.Report  // cleo complained about far
	question *models.Post    // of cleo's, in the community
	sub      *models.ListSubscription
}

const farHost = "clinic-with-a-rather-long-name.example"

func newHouse(t *testing.T, changes ...func(*config.Config)) *house {
	t.Helper()
	return openHouse(t, testdb.SQLite(t), changes...)
}

func openHouse(t *testing.T, database string, changes ...func(*config.Config)) *house {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	cluster := testrig.NewCluster(t)
	h := &house{t: t, url: "http://localhost:" + port, Server: cluster.AddServer("hospital.example", database, append(changes, func(cfg *config.Config) {
		cfg.Development, cfg.Name, cfg.Listen = true, "St. Anna's Hospital", "127.0.0.1:"+port
		cfg.Registrations, cfg.Invitations = "approval", "admins"
	})...)}
	server := &http.Server{Handler: h.Handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	h.ann, h.bo, h.cleo = h.Member("ann"), h.Member("bo"), h.Member("cleo")
	h.must(h.Service.SetRole(t.Context(), h.ann.Actor, models.RoleAdmin))
	h.must(h.Service.SetRole(t.Context(), h.bo.Actor, models.RoleModerator))
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// furnish puts something into every list.
func (h *house) furnish() {
	h.t.Helper()
	ctx := h.t.Context()
	uri := "https://" + farHost + "/users/marieke"
	h.far = &models.Actor{
		URI: uri, Type: models.TypePerson, Username: "marieke", Host: farHost, DisplayName: "Marieke van der Berg-Oosterhuis", URL: "https://" + farHost + "/@marieke",
		Inbox: uri + "/inbox", FollowersURI: uri + "/followers",
	}
	h.must(h.Store.Tx(ctx, func(tx *models.Tx) error { return tx.CreateActor(h.far) }))
	h.wards = h.Community("woundcare", h.ann)
	wounds := &models.Actor{URI: "https://" + farHost + "/c/wounds", Type: models.TypeGroup, Username: "wounds", Host: farHost, Inbox: "https://" + farHost + "/c/wounds/inbox", DisplayName: "Wounds", Discoverable: true}
	h.must(h.Store.Tx(ctx, func(tx *models.Tx) error { return tx.CreateActor(wounds) }))
	_, err := h.Service.ProposeSibling(ctx, h.ann.Actor, h.wards, wounds, practice.SiblingTerms{})
	h.must(err)
	asked, err := h.Service.Post(ctx, practice.Draft{Author: h.cleo.Actor, Text: "@woundcare How often do you change this dressing? #ask", Visibility: models.Public})
	h.must(err)
	h.question = asked
	rude, err := h.Service.Post(ctx, practice.Draft{
		Author: h.far, URI: uri + "/1", URL: h.far.URL + "/1", InReplyTo: asked, InReplyToURI: asked.URI, Published: h.Store.Now(),
		Content: "<p>Buy cheap bandages at a very long address: <a href=\"https://bandages.example/a/very/long/address/that/goes/on/and/on\">here</a></p>", Visibility: models.Public,
	})
	h.must(err)
	h.report, err = h.Service.Report(ctx, practice.Complaint{Reporter: h.cleo.Actor, Target: h.far, Posts: []*models.Post{rude}, Comment: "This is an advertisement under my question.", Category: models.ReportSpam})
	h.must(err)
	_, err = h.Service.AddRule(ctx, "No names of patients.", "Not in pictures, either.")
	h.must(err)
	_, err = h.Service.SignUp(ctx, practice.SignUp{Username: "dora", Email: "dora@hospital.example", Password: testrig.Password, Agreement: true, Reason: "I begin on ward 3 next week.", Approval: true, Hashing: password.Cheap()})
	h.must(err)
	_, _, err = h.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "spam.example", Severity: models.SeveritySuspend, PublicComment: "Advertisements"})
	h.must(err)
	_, err = h.Service.OneSidedPartner(ctx, practice.By{}, "mastodon.example", "Spoke with their office in spring.")
	h.must(err)
	h.sub, err = h.Service.Subscribe(ctx, practice.By{}, models.ListSubscription{URL: "https://lists.example/a/rather/long/address/of/a/list/blocks.csv", Kind: models.ListBlocks, Mode: models.ListDrafts, Priority: 100})
	h.must(err)
	h.must(h.Store.Tx(ctx, func(tx *models.Tx) error {
		return tx.UpdatePeer(farHost, func(p *models.Peer) {
			p.Software, p.Version, p.Failures, p.FailingSince, p.LastError = "mastodon", "4.4.1", 3, tx.Now(), "connection refused"
		})
	}))
}

// browserless is who asks without a browser, as curl would.
type browserless struct {
	h      *house
	client *http.Client
}

func (h *house) visitor(name string) *browserless {
	h.t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &browserless{h: h, client: &http.Client{Jar: jar}}
	h.t.Cleanup(b.client.CloseIdleConnections)
	if name != "" {
		status, body := b.post("/auth/sign_in", url.Values{"login": {name}, "password": {testrig.Password}, "next": {"/about"}})
		if status != http.StatusOK {
			h.t.Fatalf("%s cannot sign in: %d %s", name, status, body)
		}
	}
	return b
}

func (b *browserless) get(path string) (int, string) {
	b.h.t.Helper()
	return b.do(http.MethodGet, path, nil, nil)
}

// post sends a form, and follows where it leads.
func (b *browserless) post(path string, form url.Values) (int, string) {
	b.h.t.Helper()
	return b.do(http.MethodPost, path, form, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func (b *browserless) do(method, path string, form url.Values, header http.Header) (int, string) {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.url+path, strings.NewReader(form.Encode()))
	b.h.must(err)
	for name := range header {
		req.Header.Set(name, header.Get(name))
	}
	res, err := b.client.Do(req)
	b.h.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.h.must(err)
	return res.StatusCode, string(body)
}

var saidPattern = regexp.MustCompile(`(?s)id="said">(.*?)</p>`)

// sends sends a form, and wants that the next page says something.
func (b *browserless) sends(path, said string, fields ...string) string {
	b.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	status, body := b.post(path, form)
	found := saidPattern.FindStringSubmatch(body)
	if status != http.StatusOK || found == nil || !strings.Contains(found[1], said) {
		b.h.t.Errorf("%s: status %d, said %q, want %q", path, status, found, said)
	}
	return body
}
