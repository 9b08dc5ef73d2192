package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// checkHost asks DNS and the public address for the instance, as a peer would.
func (o *outside) checkHost(ctx context.Context) []finding {
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", o.cfg.Host)
	if err != nil {
		return []finding{fail("add A or AAAA records for it", "DNS has no address for %s: %s", o.cfg.Host, err)}
	}
	findings := []finding{ok("DNS: %s", joinAddresses(addresses))}
	for _, address := range addresses {
		if address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() {
			findings = append(findings, note("peers outside cannot reach it; correct DNS unless this is a closed network",
				"%s is no public address", address))
		}
	}
	return append(findings, o.checkAnswers(ctx)...)
}

func joinAddresses(addresses []netip.Addr) string {
	var parts []string
	for _, address := range addresses {
		parts = append(parts, address.Unmap().String())
	}
	return strings.Join(parts, ", ")
}

func (o *outside) checkAnswers(ctx context.Context) []finding {
	base := o.cfg.BaseURL()
	var actor struct{ ID string }
	if err := o.get(ctx, base+"/actor", "application/activity+json", &actor); err != nil {
		return []finding{fail("let the TLS proxy pass everything on with its Host header, and start praxis serve", "%s/actor: %s", base, err)}
	}
	if actor.ID != base+"/actor" {
		return []finding{fail("the proxy must lead to this instance", "%s/actor says that it is %q", base, actor.ID)}
	}
	var finger struct{ Subject string }
	address := base + "/.well-known/webfinger?resource=acct:" + o.cfg.Host + "@" + o.cfg.Host
	if err := o.get(ctx, address, "application/jrd+json", &finger); err != nil {
		return []finding{fail("pass /.well-known/webfinger on with its query", "WebFinger: %s", err)}
	}
	return []finding{ok("%s answers as this instance, and WebFinger finds it", base)}
}

// maxDoctorBody is how much of an answer is read.
const maxDoctorBody = 1 << 20

func (o *outside) get(ctx context.Context, address, accept string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", accept)
	answer, err := o.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		o.date, o.asked = date, time.Now()
	}
	if answer.StatusCode != http.StatusOK {
		return &unexpectedStatus{answer.Status}
	}
	return json.NewDecoder(io.LimitReader(answer.Body, maxDoctorBody)).Decode(into)
}

type unexpectedStatus struct{ status string }

func (e *unexpectedStatus) Error() string { return "answered " + e.status }

// clockLimit is how far a clock may be off before peers begin to refuse signatures, with a margin: they take an hour.
const clockLimit = 5 * time.Minute

// checkClock compares with the Date of the last answer. When the proxy runs on this machine, both clocks are the same one.
func (o *outside) checkClock() []finding {
	if o.date.IsZero() {
		return []finding{note("check it by hand", "no other clock to compare with")}
	}
	off := o.asked.Sub(o.date).Round(time.Second)
	if off > clockLimit || off < -clockLimit {
		return []finding{fail("let the machine keep its time by NTP: peers refuse signatures that are an hour off", "the clock differs by %s from the Date of the public address", off)}
	}
	return []finding{ok("within %s of the Date of the public address", clockLimit)}
}
