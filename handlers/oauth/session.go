package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"praxis/handlers/page"
	"praxis/models"
)

// sessionLife is for how long a browser stays signed in.
const sessionLife = 30 * 24 * time.Hour

// Where a session keeps the row id of the account that signed in, that of the identity by which it did, and what the provider
// calls the session.
const (
	accountKey  = "account"
	identityKey = "identity"
	sidKey      = "sid"
	// recoveredKey is set where the account was got into by a recovery: nobody is signed in.
	recoveredKey = "recovered"
)

func newSessions(store *models.Store, secure bool) *scs.SessionManager {
	sessions := scs.New()
	sessions.Store = sessionStore{store}
	sessions.Codec = sessionCodec{}
	sessions.Lifetime = sessionLife
	sessions.Cookie.Name = "praxis_session"
	if secure {
		// The prefix makes browsers refuse the cookie from other hosts of the domain.
		sessions.Cookie.Name = "__Host-praxis_session"
	}
	sessions.Cookie.Secure = secure
	sessions.Cookie.HttpOnly = true
	sessions.Cookie.SameSite = http.SameSiteLaxMode
	return sessions
}

// visit is one request with its session. Who is signed in is looked up once, and only when somebody asks.
type visit struct {
	once    sync.Once
	account *models.Account
	actor   *models.Actor
}

// openedBy gives by which provider the session of a request was opened.
func (s *Server) openedBy(r *http.Request) opening {
	return opening{s.sessions.GetInt64(r.Context(), identityKey), s.sessions.GetString(r.Context(), sidKey)}
}

type visitKey struct{}

// Middleware finds the session of a request by its cookie. It changes no answer: only signing in and out set cookies.
func (s *Server) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if visitOf(r) != nil {
			next.ServeHTTP(w, r)
			return
		}
		token := ""
		if cookie, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
			token = cookie.Value
		}
		ctx, err := s.sessions.Load(r.Context(), token)
		if err != nil {
			s.cfg.Page.Error(w, r, fmt.Errorf("load the session: %w", err))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, visitKey{}, &visit{})))
	})
}

func visitOf(r *http.Request) *visit {
	found, _ := r.Context().Value(visitKey{}).(*visit)
	return found
}

// SignedIn gives the member whose browser sent the request; nil when nobody is signed in, and outside of Middleware.
func (s *Server) SignedIn(r *http.Request) *models.Actor {
	_, actor := s.signedIn(r)
	return actor
}

func (s *Server) signedIn(r *http.Request) (*models.Account, *models.Actor) {
	v := visitOf(r)
	if v == nil {
		return nil, nil
	}
	v.once.Do(func() {
		if s.sessions.GetBool(r.Context(), recoveredKey) {
			return
		}
		account, actor, err := s.member(r.Context(), s.sessions.GetInt64(r.Context(), accountKey))
		if err != nil {
			s.log.ErrorContext(r.Context(), "signed-in account not read", "error", err)
			return
		}
		v.account, v.actor = account, actor
	})
	return v.account, v.actor
}

// member gives the account and the actor of a session; nil, without an error, when it has none that may act.
func (s *Server) member(ctx context.Context, id int64) (*models.Account, *models.Actor, error) {
	if id == 0 {
		return nil, nil, nil
	}
	tx := s.store.Read(ctx)
	account, err := tx.Account(id)
	if models.IsNotFound(err) || (err == nil && account.DisabledAt != 0) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	if models.IsNotFound(err) || (err == nil && (actor.IsGone() || actor.LeftAt != 0)) {
		return nil, nil, nil
	}
	return account, actor, err
}

func (s *Server) viewer(r *http.Request) page.Viewer {
	actor := s.SignedIn(r)
	if actor == nil {
		return page.Viewer{}
	}
	return page.Viewer{Username: actor.Username, DisplayName: actor.DisplayName, Signed: true}
}

// opening says which provider opened a session; the zero value is for who signed in here.
type opening struct {
	identity int64
	sid      string
}

// begin signs an account in, under a new session id (security case G8), and sets the cookie.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, account *models.Account, by opening) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	s.sessions.Put(ctx, accountKey, account.ID)
	s.sessions.Put(ctx, identityKey, by.identity)
	s.sessions.Put(ctx, sidKey, by.sid)
	s.sessions.Remove(ctx, recoveredKey)
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("store the session: %w", err)
	}
	// After the session is stored: a password that changes now either ends the session or is noticed here.
	if err := s.noteSignIn(ctx, account); err != nil {
		return errors.Join(err, s.sessions.Destroy(ctx))
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// end signs the browser out and takes its cookie away.
func (s *Server) end(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	s.sessions.WriteSessionCookie(r.Context(), w, "", time.Time{})
	return nil
}

// sessionStore keeps sessions under the hash of what the browser holds, with the account in a column of its own, so that
// a changed password ends them all.
type sessionStore struct{ store *models.Store }

// FindCtx gives the data of a session.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	session, err := s.store.Read(ctx).WebSession(hashSecret(token))
	if models.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return session.Data, true, nil
}

// CommitCtx stores a session. Expiry is by the system's clock, which is all that scs knows.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := sessionCodec{}.Decode(data)
	if err != nil {
		return err
	}
	account, _ := values[accountKey].(int64)
	identity, _ := values[identityKey].(int64)
	sid, _ := values[sidKey].(string)
	session := &models.WebSession{
		Token: hashSecret(token), AccountID: account, IdentityID: identity, SID: sid, Data: data,
		ExpiresAt: models.At(s.store.Now().Add(time.Until(expiry))),
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.PutWebSession(session) })
}

// DeleteCtx ends a session.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteWebSession(hashSecret(token)) })
}

// Find is FindCtx for scs's older interface, which it does not use when there is a newer one.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for scs's older interface.
func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for scs's older interface.
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// sessionCodec writes what a session holds, as JSON.
type sessionCodec struct{}

type sessionData struct {
	Deadline time.Time `json:"deadline"`
	Account  int64     `json:"account,omitempty"`
	Identity int64     `json:"identity,omitempty"`
	SID      string    `json:"sid,omitempty"`

	Recovered bool `json:"recovered,omitempty"`
}

// Encode writes a session.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	account, _ := values[accountKey].(int64)
	identity, _ := values[identityKey].(int64)
	sid, _ := values[sidKey].(string)
	recovered, _ := values[recoveredKey].(bool)
	return json.Marshal(sessionData{Deadline: deadline, Account: account, Identity: identity, SID: sid, Recovered: recovered})
}

// Decode reads a session.
func (sessionCodec) Decode(raw []byte) (time.Time, map[string]any, error) {
	var data sessionData
	if err := json.Unmarshal(raw, &data); err != nil {
		return time.Time{}, nil, fmt.Errorf("read a session: %w", err)
	}
	values := map[string]any{}
	if data.Account != 0 {
		values[accountKey], values[identityKey], values[sidKey] = data.Account, data.Identity, data.SID
		values[recoveredKey] = data.Recovered
	}
	return data.Deadline, values, nil
}
