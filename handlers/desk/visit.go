package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"praxis/handlers/respond"
	"praxis/models"
	"praxis/practice"
)

// visit is one request: who asks, and queries that only look.
type visit struct {
	w    http.ResponseWriter
	r    *http.Request
	tx   *models.Tx
	me   *models.Actor
	role models.Role
	now  models.Timestamp
	in   section
	left bool // me has left the organization, and got in by a code

	form    url.Values // what was sent; nil unless a form was
	problem error      // why the form was refused
	blamed  bool       // a form on the page shows the problem
	counted *models.Waiting
	impact  *models.Impact
	asked   string // what is to be confirmed before it is done
	found   any    // what else a deed shows on the page
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// waiting counts what waits, once for each request.
func (v *visit) waiting() (models.Waiting, error) {
	if v.counted == nil {
		found, err := v.tx.WaitingForStaff()
		if err != nil {
			return found, err
		}
		v.counted = &found
	}
	return *v.counted, nil
}

// by says who changes the policy; without "sure" it is a dry run.
func (v *visit) by() practice.By {
	return practice.By{Moderator: v.me, DryRun: v.form.Get("sure") == ""}
}

// id gives the number that the path names.
func (v *visit) id(name string) int64 {
	id, _ := strconv.ParseInt(mux.Vars(v.r)[name], 10, 64)
	return id
}

func (v *visit) path(name string) string { return mux.Vars(v.r)[name] }

func (v *visit) query(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

func (v *visit) may(wanted models.Permission) bool { return v.role.May(wanted) }

// errNotFound is the one answer to all that is absent or hidden.
var errNotFound = models.Errorf(models.NotFound, "There is nothing here. It may be gone, or not for everybody.")

// serve answers requests for one page.
func (s *Server) serve(in section, p place) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, tx: s.store.Read(r.Context()), now: models.At(s.store.Now()), in: in}
		w.Header().Set("Cache-Control", "private, no-store")
		w.Header().Set("Referrer-Policy", "same-origin")
		if v.me = s.cfg.SignedIn(r); v.me == nil && in.own && s.cfg.Recovered != nil {
			v.me = s.cfg.Recovered(r)
			v.left = v.me != nil
		}
		if v.me == nil || v.me.IsGone() {
			http.Redirect(w, r, "/auth/sign_in?next="+url.QueryEscape(returnPath(r)), http.StatusSeeOther)
			return
		}
		err := s.admit(v, in, p)
		if err == nil {
			doer := models.Doer{ActorID: v.me.ID, Name: "@" + v.me.Username, Via: models.ViaWeb}
			v.r = r.WithContext(models.WithDoer(r.Context(), doer))
			err = s.answer(v, p)
		}
		if models.IsNotFound(err) {
			err = errNotFound
		}
		if err != nil {
			s.cfg.Page.Error(w, r, err)
		}
	}
}

// returnPath is where to come back to after the sign-in: only a page that was asked for by GET can be (security case G24).
func returnPath(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	return r.URL.EscapedPath()
}

// admit is the one place that asks what somebody may do here (security case G26). The role is read anew with each request.
func (s *Server) admit(v *visit, in section, p place) error {
	account, err := v.tx.AccountByActor(v.me.ID)
	if err != nil {
		return err
	}
	forbidden := models.Errorf(models.Forbidden, "This page is for those who look after %s.", s.links.Host)
	if account.DisabledAt != 0 || account.IsWaiting() {
		return forbidden
	}
	v.role = models.RoleOf(account)
	if in.convener {
		return nil // the page asks the community
	}
	if in.own {
		if v.left && !p.left {
			return models.Errorf(models.Forbidden, "This page is for members of %s. You have left: what you can do is on /settings.", s.links.Host)
		}
		return nil
	}
	wanted := in.needs
	if p.needs != 0 {
		wanted = p.needs
	}
	if wanted == 0 || !v.role.May(wanted) {
		return forbidden
	}
	return nil
}

func (s *Server) answer(v *visit, p place) error {
	if p.raw != nil {
		return p.raw(v)
	}
	status := http.StatusOK
	if v.r.Method == http.MethodPost {
		done, err := s.post(v, p)
		if err != nil || done {
			return err
		}
		if v.problem != nil {
			status = respond.Status(v.problem)
		}
	}
	shown, err := p.show(v)
	if err != nil {
		return err
	}
	return s.render(v, status, shown)
}

// maxForm is how many bytes a form may have: lists of hosts are long.
const maxForm = 4 << 20

// post carries a form out. It reports whether the request is answered; otherwise the page is shown again, with the problem
// and with what was typed.
func (s *Server) post(v *visit, p place) (bool, error) {
	if err := v.readForm(orMaxForm(p.most)); err != nil {
		return false, err
	}
	do := p.forms[v.form.Get("form")]
	if do == nil {
		return false, models.Errorf(models.Invalid, "This form is not known here: load the page again.")
	}
	done, err := do(v)
	if err == nil && done.to == "" {
		return false, nil
	}
	if err == nil {
		s.say(v, done.said)
		http.Redirect(v.w, v.r, done.to, http.StatusSeeOther)
		return true, nil
	}
	switch models.ErrorCode(err) {
	case models.Internal, models.Unavailable:
		return false, err
	}
	v.problem = err
	return false, nil
}

func orMaxForm(most int64) int64 {
	if most == 0 {
		return maxForm
	}
	return most
}

func (v *visit) readForm(most int64) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	var err error
	if strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.r.ParseMultipartForm(maxForm)
	} else {
		err = v.r.ParseForm()
	}
	if err != nil {
		return models.Errorf(models.Invalid, "The form cannot be read, or is larger than %d MiB.", most>>20)
	}
	v.form = v.r.PostForm
	for _, values := range v.form {
		for i, value := range values {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return models.Errorf(models.Invalid, "The form holds bytes that are no text.")
			}
			values[i] = strings.ReplaceAll(value, "\r\n", "\n")
		}
	}
	return nil
}

// text gives what was typed into a field.
func (v *visit) text(name string) string { return strings.TrimSpace(v.form.Get(name)) }

// is tells whether a box was ticked.
func (v *visit) is(name string) bool { return v.form.Get(name) != "" }
