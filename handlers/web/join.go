package web

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"praxis/models"
	"praxis/practice"
)

// joinPage is what a link to join a community shows.
type joinPage struct {
	Head    head
	Person  *person
	Domain  string
	About   *aboutCommunity
	Action  string // the path of the page itself
	Good    bool   // the invitation still counts
	Signed  bool
	Joined  bool
	Problem string
}

// join shows an invitation: whoever has the link may learn of the community.
func (s *Server) join(v *visit) error {
	invitation, community, err := s.invited(v)
	if err != nil {
		return err
	}
	return s.showJoin(v, invitation, community, "")
}

// invited gives the invitation that the path names, with its community.
func (s *Server) invited(v *visit) (*models.Invitation, *models.Actor, error) {
	token := mux.Vars(v.r)["token"]
	invitation, err := v.tx.InvitationByToken(token)
	if err != nil {
		return nil, nil, err
	}
	community, err := v.tx.Actor(invitation.CommunityID)
	if err == nil && community.IsGone() {
		return nil, nil, errNotFound
	}
	return invitation, community, err
}

func (s *Server) showJoin(v *visit, invitation *models.Invitation, community *models.Actor, problem string) error {
	about, err := aboutOf(v, community)
	if err != nil {
		return err
	}
	row, err := v.tx.CommunityIfAny(community.ID)
	if err != nil {
		return err
	}
	data := joinPage{
		Head:   head{Title: "Invitation", NoIndex: true, Kind: "website"},
		Person: s.person(community), Domain: domainOf(community, row), About: about, Action: practice.InvitationPath + invitation.Token,
		Good: invitation.IsGood(v.now), Signed: v.member != nil, Problem: problem,
	}
	if v.member != nil {
		mine, err := v.tx.MembershipIfAny(community.ID, v.member.ID)
		if err != nil {
			return err
		}
		data.Joined = mine != nil && mine.State == models.MembershipAccepted
	}
	v.w.Header().Set("Cache-Control", cachePrivate)
	v.w.Header().Set("Referrer-Policy", "no-referrer") // the address is the invitation
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	s.pages.Render(v.w, v.r, status, "join.html", data)
	return nil
}

// maxForm is how many bytes a form of these pages may have.
const maxForm = 16 << 10

// postJoin lets who is signed in join by an invitation.
func (s *Server) postJoin(v *visit) error {
	invitation, community, err := s.invited(v)
	if err != nil {
		return err
	}
	if v.member == nil {
		return models.Errorf(models.Unauthorized, "Sign in to join.")
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		return models.Errorf(models.Invalid, "The form could not be read.")
	}
	version, _ := strconv.ParseInt(v.r.PostForm.Get("charter_version"), 10, 64)
	_, err = s.cfg.Service.Join(v.r.Context(), v.member, community, practice.JoinRequest{Invitation: invitation.Token, Charter: version})
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(v.w, v.r, s.person(community).Path, http.StatusSeeOther)
		return nil
	case models.Invalid, models.Forbidden:
		return s.showJoin(v, invitation, community, models.ErrorMessage(err))
	}
	return err
}
