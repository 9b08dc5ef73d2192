package scim

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"praxis/models"
	"praxis/practice"
)

// maxPage is how many users one answer has at most.
const maxPage = 200

// user is an identity as directories see it.
func (s *Server) user(tx *models.Tx, identity *models.Identity) (object, error) {
	account, err := tx.Account(identity.AccountID)
	if err != nil {
		return nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return nil, err
	}
	id := strconv.FormatInt(identity.ID, 10)
	return object{
		"schemas": []string{schemaUser}, "id": id, "externalId": identity.ExternalID, "userName": firstOf(identity.Login, actor.Username),
		"displayName": firstOf(actor.DisplayName, actor.Username), "active": identity.EndedAt == 0,
		"meta": object{
			"resourceType": "User", "location": s.cfg.Service.Links().Base + base + "/Users/" + id,
			"created": identity.CreatedAt.Time().UTC().Format(time.RFC3339),
		},
	}, nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// list finds users, by externalId or userName if a filter says so.
func (s *Server) list(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error {
	in := r.URL.Query()
	sought, err := readFilter(in.Get("filter"))
	if err != nil {
		return err
	}
	start, count := number(in.Get("startIndex"), 1), min(number(in.Get("count"), maxPage), maxPage)
	start = min(max(start, 1), 1<<30)
	tx := s.cfg.Service.Store().Read(r.Context())
	rows, total, err := tx.IdentitiesAt(provider.Key, sought, start-1, max(count, 0))
	if err != nil {
		return err
	}
	users := make([]object, 0, len(rows))
	for i := range rows {
		user, err := s.user(tx, &rows[i])
		if err != nil {
			return err
		}
		users = append(users, user)
	}
	write(w, http.StatusOK, object{
		"schemas": []string{schemaList}, "totalResults": total, "startIndex": start, "itemsPerPage": len(users), "Resources": users,
	})
	return nil
}

func number(text string, standard int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return standard
	}
	return n
}

// readFilter reads the filters that directories use to find somebody: one attribute, eq, and a text (RFC 7644 section 3.4.2.2).
func readFilter(filter string) (models.IdentitySought, error) {
	var sought models.IdentitySought
	if strings.TrimSpace(filter) == "" {
		return sought, nil
	}
	wrong := models.Errorf(models.Invalid, `This filter is not known here: use userName eq "…" or externalId eq "…".`)
	name, rest, _ := strings.Cut(strings.TrimSpace(filter), " ")
	operator, quoted, _ := strings.Cut(strings.TrimSpace(rest), " ")
	var value string
	if !strings.EqualFold(operator, "eq") || json.Unmarshal([]byte(strings.TrimSpace(quoted)), &value) != nil || value == "" ||
		strings.ContainsRune(value, 0) {
		return sought, wrong
	}
	switch strings.ToLower(name) {
	case "username":
		sought.Login = value
	case "externalid":
		sought.ExternalID = value
	default:
		return sought, wrong
	}
	return sought, nil
}

// identity gives the user of a path, if it is one of this provider.
func (s *Server) identity(r *http.Request, provider *practice.Provider) (*models.Identity, error) {
	absent := models.Errorf(models.NotFound, "There is no such user.")
	id, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return nil, absent
	}
	found, err := s.cfg.Service.Store().Read(r.Context()).Identity(id)
	if models.IsNotFound(err) || (err == nil && found.Provider != provider.Key) {
		return nil, absent
	}
	return found, err
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error {
	found, err := s.identity(r, provider)
	if err != nil {
		return err
	}
	return s.show(w, r, found.ID)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, id int64) error {
	tx := s.cfg.Service.Store().Read(r.Context())
	found, err := tx.Identity(id)
	if err != nil {
		return err
	}
	user, err := s.user(tx, found)
	if err == nil {
		write(w, http.StatusOK, user)
	}
	return err
}

// create makes nobody: the first sign-in does.
func (s *Server) create(http.ResponseWriter, *http.Request, *practice.Provider) error {
	return models.Errorf(models.Forbidden, "Accounts are made here by the first sign-in: this directory can only switch them off and on.")
}

// change is what a directory wants; nil when it says nothing of active.
type change struct{ active *bool }

func (s *Server) put(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error {
	var wanted map[string]json.RawMessage
	if err := readBody(r, &wanted); err != nil {
		return err
	}
	active, err := readActive(wanted)
	if err != nil {
		return err
	}
	return s.apply(w, r, provider, change{active})
}

func (s *Server) patch(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return tooLong()
	}
	wanted, err := readPatch(raw)
	if err != nil {
		return err
	}
	return s.apply(w, r, provider, wanted)
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error {
	found, err := s.identity(r, provider)
	if err == nil {
		err = s.cfg.Service.IdentityLeft(r.Context(), found.ID, practice.LeftByDirectory)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (s *Server) apply(w http.ResponseWriter, r *http.Request, provider *practice.Provider, wanted change) error {
	found, err := s.identity(r, provider)
	if err != nil {
		return err
	}
	switch {
	case wanted.active == nil:
	case *wanted.active:
		err = s.cfg.Service.IdentityBack(r.Context(), found.ID)
	default:
		err = s.cfg.Service.IdentityLeft(r.Context(), found.ID, practice.LeftByDirectory)
	}
	if err != nil {
		return err
	}
	return s.show(w, r, found.ID)
}

func tooLong() error { return models.Errorf(models.Invalid, "The body is longer than 64 KiB.") }

func readBody(r *http.Request, into any) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return tooLong()
	}
	if json.Unmarshal(raw, into) != nil {
		return models.Errorf(models.Invalid, "The body is no JSON object.")
	}
	return nil
}

// readPatch reads operations (RFC 7644 section 3.5.2). What they say of anything but active is left alone: names are chosen here.
func readPatch(raw []byte) (change, error) {
	var body struct {
		Schemas    []string
		Operations []struct {
			Op    string
			Path  string
			Value json.RawMessage
		}
	}
	if json.Unmarshal(raw, &body) != nil || len(body.Operations) == 0 || len(body.Operations) > 100 {
		return change{}, models.Errorf(models.Invalid, "The body has to be a PatchOp with 1 to 100 Operations.")
	}
	var wanted change
	for _, operation := range body.Operations {
		op, path := strings.ToLower(operation.Op), strings.ToLower(strings.TrimPrefix(operation.Path, schemaUser+":"))
		if op != "replace" && op != "add" && op != "remove" {
			return change{}, models.Errorf(models.Invalid, "Operations are add, replace and remove.")
		}
		values := map[string]json.RawMessage{}
		switch {
		case op == "remove":
			continue
		case path == "active":
			values["active"] = operation.Value
		case path == "":
			if json.Unmarshal(operation.Value, &values) != nil {
				return change{}, models.Errorf(models.Invalid, "An operation without a path has an object as its value.")
			}
		}
		active, err := readActive(values)
		if err != nil {
			return change{}, err
		}
		if active != nil {
			wanted.active = active
		}
	}
	return wanted, nil
}

// readActive reads active: true or false, which some directories write as texts.
func readActive(values map[string]json.RawMessage) (*bool, error) {
	for name, raw := range values {
		if !strings.EqualFold(name, "active") {
			continue
		}
		active, err := boolOf(raw)
		return active, err
	}
	return nil, nil
}

func boolOf(raw json.RawMessage) (*bool, error) {
	var active bool
	if json.Unmarshal(raw, &active) == nil && string(raw) != "null" {
		return &active, nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		active, err = strconv.ParseBool(strings.ToLower(text))
		if err == nil {
			return &active, nil
		}
	}
	return nil, models.Errorf(models.Invalid, "active has to be true or false.")
}
