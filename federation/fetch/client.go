package fetch

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"praxis/federation/sign"
)

// Config is what a Client needs. The zero value works: unsigned requests to any public host over https.
type Config struct {
	// UserAgent is the header of that name.
	UserAgent string
	// Development allows http, any port, IP addresses as hosts, single-label hosts and loopback addresses.
	Development bool
	// Transport replaces the guarded connections, which are used when it is nil. Everything but the check of the dialled
	// address stays in force. It is for tests: a map of hosts.
	Transport http.RoundTripper
	// Signer gives the instance actor's signature for each GET; nil: requests are not signed.
	Signer func(ctx context.Context) (sign.Signer, error)
	// Allow refuses hosts: blocked ones and our own (security case A27). It is asked before every request, also on
	// redirects, with the canonical host[:port]. Its error makes the request Refused, unless it is an *Error itself.
	Allow func(ctx context.Context, host string) error
	// Scheme tells which signature a host is known to understand; nil: draft-cavage.
	Scheme func(ctx context.Context, host string) sign.Scheme
	// Learn hears that a host has accepted the other signature after it refused the first; may be nil.
	Learn func(ctx context.Context, host string, scheme sign.Scheme)
	// Clock hears what time it is at a host, from each answer that says so and was made for us; may be nil.
	Clock func(host string, there time.Time)
	// Refused hears that a host refused a scheme that it was thought to take; may be nil.
	Refused func(ctx context.Context, host string, scheme sign.Scheme)
	// Timeout bounds a whole call, with redirects and bodies; 0: 30 seconds.
	Timeout time.Duration
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

const defaultTimeout = 30 * time.Second

// Client sends requests to other servers. It is safe for concurrent use; a server needs one.
type Client struct {
	cfg      Config
	slots    *slots
	signing  chan struct{} // a place for each core: more signatures at once would only keep others from the cores
	flights  *flights
	failures *failures
	clocks   *clocks
}

// New makes a Client.
func New(cfg Config) *Client {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Transport == nil {
		transport := newTransport(newGuard(cfg.Development), defaultLimits, nil)
		if cfg.Development {
			transport.DialContext = localNames(transport.DialContext)
		}
		cfg.Transport = transport
	}
	return &Client{
		cfg:   cfg,
		slots: newSlots(), signing: make(chan struct{}, runtime.GOMAXPROCS(0)), flights: newFlights(), failures: newFailures(cfg.Now), clocks: &clocks{ahead: map[string]time.Duration{}},
	}
}

// CloseIdleConnections ends the connections that no request uses, at the end of a process or test.
func (c *Client) CloseIdleConnections() {
	if closer, ok := c.cfg.Transport.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// limit bounds a call. Running out of it is the peer's fault, unlike the end of ctx.
func (c *Client) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.cfg.Timeout, errTimeout)
}
