package testrig

import (
	"net/http"
	"strings"
	"testing"

	"praxis/models"
)

func TestReportReachesModeratorsOfAllHosts(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		uri := w.thread("Reported")
		reports := func(m *Member) []M { return m.List(w.community(m, "reports")) }
		for i, reporter := range []*Member{w.dora, w.eve, w.ana} {
			reporter.Call(http.MethodPost, "/api/v1/reports", M{
				"account_id": reporter.Find("@cleo@c.test"), "status_ids": []string{w.idOn(reporter.Server, uri)}, "comment": "look at this",
			})
			w.Settle()
			// E10: what is between few is not to be fetched.
			written, err := reporter.Server.Store.Read(t.Context()).ReportPage(models.ReportFilter{}, models.Page{Limit: 1})
			if err != nil || len(written) != 1 {
				t.Fatalf("report %d: %v, %v", i, written, err)
			}
			if status, _ := w.Fetch(reporter.Server, strings.TrimPrefix(written[0].URI, "https://"+reporter.Server.Host)); status != http.StatusNotFound {
				t.Errorf("report %d can be fetched: %d", i, status)
			}
			for _, moderator := range []*Member{w.ana, w.bo} {
				list := reports(moderator)
				if len(list) != 1 || list[0]["comment"] != "look at this" || len(list[0]["statuses"].([]any)) != 1 {
					t.Fatalf("report %d: %s sees %v", i, moderator.Handle(), list)
				}
			}
			if status, _ := w.dora.Do(http.MethodGet, w.community(w.dora, "reports"), nil); status != http.StatusForbidden {
				t.Errorf("a follower reads reports: %d", status)
			}
			resolver := []*Member{w.ana, w.bo, w.bo}[i]
			resolver.Call(http.MethodPost, w.community(resolver, "reports/"+reports(resolver)[0]["id"].(string)+"/resolve"), M{"answer": "we did what we could"})
			w.Settle()
			for _, moderator := range []*Member{w.ana, w.bo} {
				if n := len(reports(moderator)); n != 0 {
					t.Errorf("report %d: %s has %d open reports after the answer", i, moderator.Handle(), n)
				}
			}
			if !w.told(reporter, "your report", "we did what we could") {
				t.Errorf("%s was not told of the outcome", reporter.Handle())
			}
		}
		if n := w.Server("c.test").Count("report"); n != 1 {
			t.Errorf("the author's host knows of %d reports, and only its own member's went through it", n)
		}
	})
}

func TestAnswerToANoticeIsAnAppeal(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		answer := func(to M, text string) {
			w.cleo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "@care@a.test " + text, "in_reply_to_id": id(to), "visibility": "direct"})
			w.Settle()
		}
		appeals := func() []M { return w.ana.List(w.community(w.ana, "appeals")) }
		uri := w.thread("To be judged")
		w.must(w.bo, "remove", uri, M{"reason": "rude"})
		notice := w.notice(w.cleo, "removed", "rude")
		if notice == nil || notice["account"].(M)["acct"] != "care@a.test" {
			t.Fatalf("cleo was told %v", notice)
		}
		answer(notice, "it was a joke")
		answer(notice, "really")
		if got := appeals(); len(got) != 1 || !strings.Contains(got[0]["text"].(string), "it was a joke") || got[0]["account"].(M)["acct"] != "cleo@c.test" {
			t.Fatalf("the appeals are %v", got)
		}
		for _, moderator := range []*Member{w.ana, w.bo} {
			if !w.told(moderator, "cleo@c.test", "appeals", "it was a joke") {
				t.Errorf("%s does not know of the appeal", moderator.Handle())
			}
		}
		if !w.told(w.cleo, "appeal reached") {
			t.Error("cleo does not know that the appeal came")
		}
		w.must(w.bo, "restore", uri, nil) // which grants it
		w.agree(uri, "removed", false, removed)
		if n := len(appeals()); n != 0 || !w.told(w.cleo, "again") {
			t.Errorf("%d appeals wait after the restoration", n)
		}
		w.ana.Call(http.MethodPost, w.community(w.ana, "bans"), M{"account_id": w.ana.Find("@cleo@c.test"), "reason": "spam"})
		w.Settle()
		answer(w.notice(w.cleo, "banned"), "I will be good")
		got := appeals()
		if len(got) != 1 || got[0]["status_id"] != nil {
			t.Fatalf("the appeals are %v", got)
		}
		w.ana.Call(http.MethodPost, w.community(w.ana, "appeals/"+id(got[0])), M{"granted": false, "answer": "not yet"})
		w.Settle()
		if !w.told(w.cleo, "declined", "not yet") {
			t.Error("cleo does not know of the decision")
		}
		// Somebody else's answer is none.
		if n := len(w.ana.List(w.community(w.ana, "appeals?decided=true"))); n != 2 {
			t.Errorf("%d appeals were decided", n)
		}
	})
}

func TestAppealIsDecidedAndLogged(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		server := c.Server("a.test")
		ana, bo := server.Member("ana"), server.Member("bo")
		server.Community("care", ana)
		community := "/api/praxis/v1/communities/" + ana.Find("@care@a.test")
		post := bo.Post("@care A thread")
		one := "/api/praxis/v1/statuses/" + id(post)
		if status, _ := bo.Do(http.MethodPost, one+"/appeal", M{"text": "why"}); status != http.StatusNotFound {
			t.Errorf("an appeal against nothing: %d", status)
		}
		for i, granted := range []bool{false, true} {
			ana.Call(http.MethodPost, one+"/remove", M{"reason": "no"})
			if status, _ := bo.Do(http.MethodPost, one+"/appeal", M{"text": " "}); status != http.StatusUnprocessableEntity {
				t.Errorf("an appeal without a text: %d", status)
			}
			bo.Call(http.MethodPost, one+"/appeal", M{"text": "please"})
			if status, _ := bo.Do(http.MethodPost, one+"/appeal", M{"text": "please"}); status != http.StatusUnprocessableEntity {
				t.Errorf("a second appeal: %d", status)
			}
			waiting := ana.List(community + "/appeals")
			if len(waiting) != 1 || waiting[0]["text"] != "please" || waiting[0]["reason"] != "no" {
				t.Fatalf("round %d: the moderator sees %v", i, waiting)
			}
			path := community + "/appeals/" + waiting[0]["id"].(string)
			if status, _ := bo.Do(http.MethodPost, path, M{"granted": true}); status != http.StatusForbidden {
				t.Errorf("who appeals decides: %d", status)
			}
			ana.Call(http.MethodPost, path, M{"granted": granted, "answer": "so be it"})
			if status, _ := ana.Do(http.MethodPost, path, M{"granted": true}); status != http.StatusConflict {
				t.Errorf("an appeal is decided twice: %d", status)
			}
			shown := bo.Object(http.MethodGet, "/api/v1/statuses/"+id(post), nil)["praxis"].(M)
			if shown["removed"] == granted {
				t.Errorf("granted is %v, removed is %v", granted, shown["removed"])
			}
			if !granted {
				ana.Call(http.MethodPost, one+"/restore", nil)
			}
		}
		ana.Call(http.MethodPost, community+"/bans", M{"account_id": bo.Find("@bo@a.test")})
		bo.Call(http.MethodPost, community+"/appeal", M{"text": "I will be good"})
		ana.Call(http.MethodPost, community+"/appeals/"+ana.List(community + "/appeals")[0]["id"].(string), M{"granted": true})
		bo.Post("@care Thank you")
		var verbs []string
		for _, e := range bo.List(community + "/log") {
			verbs = append(verbs, e["verb"].(string))
		}
		if got := strings.Join(verbs, " "); got != "unban ban restore remove restore declined remove" {
			t.Errorf("the log, newest first: %s", got)
		}
	})
}
