package bench

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// Target is a server under test.
type Target struct {
	Name    string
	URL     string // without a slash at the end
	PID     int    // 0: nothing is said of memory and CPU
	Token   string // of the member who has followers and follows
	Poster  string // token of a member without followers, who posts in the scenario posting; Token unless set
	Page    string // path of a page that the scenario timeline reads as well
	Restart string // command that starts the server after a kill, and says its new process id in its last line

	actor     *farActor
	accountID string
	process   atomic.Int64
	peak      atomic.Int64
	followers bool // one at each peer
	following bool // actors of the senders
}

func (t *Target) pid() int {
	if now := t.process.Load(); now != 0 {
		return int(now)
	}
	return t.PID
}

// ParseTarget reads "name=URL,pid=N,token=T", with poster=T, page=PATH and restart=COMMAND if wanted.
func ParseTarget(text string) (*Target, error) {
	t := &Target{}
	for i, part := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || value == "" {
			return nil, fmt.Errorf("target %q: %q is not NAME=VALUE", text, part)
		}
		if i == 0 {
			base, err := url.Parse(value)
			if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
				return nil, fmt.Errorf("target %s: %q is no address: give one like https://praxis.test", name, value)
			}
			t.Name, t.URL = name, base.Scheme+"://"+base.Host
			continue
		}
		if err := t.set(name, value); err != nil {
			return nil, err
		}
	}
	if t.Token == "" {
		return nil, fmt.Errorf("target %s has no token=", t.Name)
	}
	return t, nil
}

func (t *Target) set(name, value string) error {
	switch name {
	case "pid":
		pid, err := strconv.Atoi(value)
		if err != nil || pid <= 0 {
			return fmt.Errorf("target %s: pid=%s is no process id", t.Name, value)
		}
		t.PID = pid
	case "token":
		t.Token = value
	case "poster":
		t.Poster = value
	case "page":
		t.Page = value
	case "restart":
		t.Restart = value
	default:
		return fmt.Errorf("target %s: %q is not known; there are pid, token, poster, page and restart", t.Name, name)
	}
	return nil
}
