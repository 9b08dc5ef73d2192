package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

const (
	demoQuestion = "Which dressing for a wound that stays wet?\n\nWe tried alginate and gauze, both were soaked within hours. #ask"
	demoAnswer   = "Foam with a silicone edge, changed every second day. It has worked for us since spring."
	demoThanks   = "That did it, thank you! #solved"
)

// walk is the main job, step by step, over the interfaces that clients and peers use.
func (d *demo) walk(ctx context.Context) ([]*participant, error) {
	begun := time.Now()
	ana, bo, err := d.people(ctx)
	if err != nil {
		return nil, err
	}
	group := "@woundcare@" + d.hospital.app.Config.Host
	d.say("users and communities are there", "@ana and @woundcare at the hospital, @bo and @homecare at the clinic", time.Since(begun))
	for _, step := range []func(context.Context, *participant, *participant, string) error{
		d.signIn, d.lookUp, d.follow, d.ask, d.reply, d.accept, d.favour, d.kinds,
	} {
		if err := step(ctx, ana, bo, group); err != nil {
			return nil, err
		}
	}
	return []*participant{ana, bo}, nil
}

func (d *demo) people(ctx context.Context) (ana, bo *participant, err error) {
	ana, bo = &participant{house: d.hospital}, &participant{house: d.clinic}
	if ana.actor, err = d.hospital.member(ctx, "ana", "Ana, wound nurse"); err != nil {
		return nil, nil, err
	}
	if bo.actor, err = d.clinic.member(ctx, "bo", "Bo, district nurse"); err != nil {
		return nil, nil, err
	}
	if err := d.hospital.community(ctx, "woundcare", "Wound care", "We care for chronic wounds and share what heals them.", ana.actor); err != nil {
		return nil, nil, err
	}
	return ana, bo, d.clinic.community(ctx, "homecare", "Home care", "Nursing at home: what works and what to bring.", bo.actor)
}

// signIn lets both obtain a token as a command-line client does.
func (d *demo) signIn(ctx context.Context, ana, bo *participant, _ string) error {
	begun := time.Now()
	for _, p := range []*participant{ana, bo} {
		if err := p.signIn(ctx); err != nil {
			return err
		}
	}
	d.say("both sign in from a client", "OAuth: an app is registered, a token is given", time.Since(begun))
	return nil
}

func (d *demo) lookUp(ctx context.Context, _, bo *participant, group string) error {
	begun := time.Now()
	var found struct{ Accounts []demoAccount }
	query := "/api/v2/search?resolve=true&type=accounts&q=" + url.QueryEscape(group)
	if err := bo.call(ctx, http.MethodGet, query, nil, &found); err != nil {
		return err
	}
	if len(found.Accounts) != 1 || !found.Accounts[0].Group {
		return fmt.Errorf("the clinic does not find the community %s", group)
	}
	bo.community = found.Accounts[0].ID
	d.say("bo looks up "+group, "WebFinger and a signed fetch found the community %q", time.Since(begun), found.Accounts[0].DisplayName)
	return nil
}

func (d *demo) follow(ctx context.Context, _, bo *participant, _ string) error {
	begun := time.Now()
	if err := bo.call(ctx, http.MethodPost, "/api/v1/accounts/"+bo.community+"/follow", nil, nil); err != nil {
		return err
	}
	err := until(ctx, "the hospital's Accept", func() (bool, error) {
		var relations []struct{ Following bool }
		err := bo.call(ctx, http.MethodGet, "/api/v1/accounts/relationships?id[]="+bo.community, nil, &relations)
		return err == nil && len(relations) == 1 && relations[0].Following, err
	})
	if err != nil {
		return err
	}
	d.say("bo follows it", "Follow signed and delivered, Accept came back", time.Since(begun))
	return nil
}

func (d *demo) ask(ctx context.Context, ana, bo *participant, group string) error {
	begun := time.Now()
	if err := bo.post(ctx, group+" "+demoQuestion, "", &bo.question); err != nil {
		return err
	}
	err := until(ctx, "the question in ana's home", func() (bool, error) {
		status, err := ana.inHome(ctx, bo.question.URI)
		if status != nil {
			ana.question = *status
		}
		return status != nil, err
	})
	if err != nil {
		return err
	}
	d.say("bo asks in the community", "in ana's home: %q, a %s", time.Since(begun), ana.question.Praxis.Title, strings.ToLower(practice.KindLabel(ana.question.Praxis.Kind)))
	return nil
}

func (d *demo) reply(ctx context.Context, ana, bo *participant, _ string) error {
	begun := time.Now()
	var answer demoStatus
	if err := ana.post(ctx, "@bo@"+d.clinic.app.Config.Host+" "+demoAnswer, ana.question.ID, &answer); err != nil {
		return err
	}
	err := until(ctx, "the answer in bo's notifications", func() (bool, error) {
		status, err := bo.notified(ctx, answer.URI)
		if status != nil {
			bo.answer = *status
		}
		return status != nil, err
	})
	if err != nil {
		return err
	}
	if bo.answer.InReplyTo != bo.question.ID {
		return fmt.Errorf("the answer came to the clinic outside of its thread")
	}
	d.say("ana answers", "in bo's notifications and in the question's thread", time.Since(begun))
	return nil
}

func (d *demo) accept(ctx context.Context, ana, bo *participant, _ string) error {
	begun := time.Now()
	var thanks demoStatus
	if err := bo.post(ctx, "@ana@"+d.hospital.app.Config.Host+" "+demoThanks, bo.answer.ID, &thanks); err != nil {
		return err
	}
	err := until(ctx, "the accepted answer at the hospital", func() (bool, error) {
		var seen demoStatus
		err := ana.call(ctx, http.MethodGet, "/api/v1/statuses/"+ana.question.ID, nil, &seen)
		return err == nil && seen.Praxis.Solved, err
	})
	if err != nil {
		return err
	}
	d.say("bo accepts the answer with #solved", "the hospital shows the question as solved", time.Since(begun))
	return nil
}

func (d *demo) favour(ctx context.Context, ana, bo *participant, _ string) error {
	begun := time.Now()
	if err := bo.call(ctx, http.MethodPost, "/api/v1/statuses/"+bo.answer.ID+"/favourite", nil, nil); err != nil {
		return err
	}
	err := until(ctx, "the favourite in ana's notifications", func() (bool, error) {
		var notes []demoNotification
		err := ana.call(ctx, http.MethodGet, "/api/v1/notifications?types[]=favourite", nil, &notes)
		return err == nil && len(notes) > 0 && notes[0].Account.Acct == "bo@"+d.clinic.app.Config.Host, err
	})
	if err != nil {
		return err
	}
	d.say("bo favourites the answer", "ana is notified", time.Since(begun))
	return nil
}

// demoPatience is how long a step may take to be seen at the other end.
const demoPatience = 20 * time.Second

// until asks again and again, until what is awaited is there.
func until(ctx context.Context, awaited string, seen func() (bool, error)) error {
	return within(ctx, demoPatience, awaited, seen)
}

// within asks until something is seen, an error occurs, or patience ends.
func within(ctx context.Context, patience time.Duration, awaited string, seen func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, models.Errorf(models.Unavailable, "%s was not seen within %s", awaited, patience))
	defer cancel()
	// Ever less often: a slow machine must not use up what a client may ask for.
	pause := 20 * time.Millisecond
	for {
		if found, err := seen(); err != nil || found {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
			pause = min(pause*5/4, 500*time.Millisecond)
		}
	}
}
