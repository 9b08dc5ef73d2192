package app

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"praxis/handlers/desk"
	"praxis/handlers/oauth"
	"praxis/handlers/page"
	"praxis/internal/config"
	"praxis/internal/mail"
	"praxis/models"
)

// desk adds the admin's desk to the routes.
func (a *App) desk(router *mux.Router, pages *page.Renderer) error {
	server, err := desk.New(desk.Config{
		Service: a.Service, Page: pages, SignedIn: a.OAuth.SignedIn, Checks: a.examine, Settings: settingsShown(a.Config),
		Contact: a.Config.ContactEmail, SendTest: a.testSender(), Storage: a.storagePlace(), Works: a.works.shown, Log: a.log,
		Recovered: a.OAuth.Recovered, Invitations: a.Config.Invitations, CheckProviders: a.CheckProviders,
		Confirm: func(header http.Header, r *http.Request, account *models.Account, plain string) error {
			return a.OAuth.Confirm(header, r, &oauth.Principal{Account: account}, plain)
		},
	})
	if err != nil {
		return err
	}
	server.Routes(router)
	return nil
}

// settingsShown gives the configuration as it is in force, without secrets.
func settingsShown(cfg config.Config) []desk.Setting {
	var shown []desk.Setting
	values := cfg.Values()
	for _, s := range config.Table() {
		shown = append(shown, desk.Setting{Name: s.Name, Env: s.Env, Value: values[s.Name], Default: s.Default, Meaning: s.Meaning})
	}
	return shown
}

// testPatience is how long a test letter may take.
const testPatience = 20 * time.Second

// testSender gives what sends a test letter; nil where no letters can be sent.
func (a *App) testSender() func(ctx context.Context, to string) error {
	if a.postman.sender == nil {
		return nil
	}
	return func(ctx context.Context, to string) error {
		ctx, cancel := context.WithTimeout(ctx, testPatience)
		defer cancel()
		err := a.postman.sender.Send(ctx, mail.Letter{
			To: to, Subject: "A test letter from " + a.name(),
			Text: "This letter was sent from the admin's desk of " + a.Config.BaseURL() + " to see whether letters arrive.\n",
		})
		if err != nil {
			return err
		}
		return a.Store.Tx(ctx, func(tx *models.Tx) error { return tx.PutSetting(models.SettingMailTested, formatMoment(tx.Now())) })
	}
}

// isStaff says whether who looks at a page has a desk.
func (a *App) isStaff(r *http.Request, actor *models.Actor) bool {
	account, err := a.Store.Read(r.Context()).AccountByActor(actor.ID)
	return err == nil && models.RoleOf(account).May(models.PermitDashboard)
}
