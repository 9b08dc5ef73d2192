package models

// Mode says with which hosts this instance federates, as far as nobody decided on a host by itself.
type Mode string

// The modes.
const (
	ModeOpen       Mode = "open"       // with all
	ModePartners   Mode = "partners"   // with those that are allowed
	ModeQuarantine Mode = "quarantine" // as partners, but what new hosts send is kept until somebody decides on them
	ModeClosed     Mode = "closed"     // with nobody
)

// Modes lists the modes, the most open first.
func Modes() []Mode { return []Mode{ModeOpen, ModeQuarantine, ModePartners, ModeClosed} }

// Verdict says what the policy makes of a host.
type Verdict string

// The verdicts.
const (
	HostAdmitted  Verdict = "admitted"
	HostIsBlocked Verdict = "blocked"  // by its name or that of a domain above it
	HostShutOut   Verdict = "shut out" // by the mode
	HostWaits     Verdict = "waiting"  // in quarantine
	HostStopped   Verdict = "stopped"  // as all are, by the emergency stop
)

// Refusal gives what is said of a host to whom the policy denies something; nil for one that is admitted.
func (v Verdict) Refusal(host string) error {
	switch v {
	case HostAdmitted:
		return nil
	case HostIsBlocked:
		return Errorf(Forbidden, "%s is blocked here.", host)
	case HostStopped:
		return Errorf(Unavailable, "This server does not federate for the moment: try again later.")
	case HostWaits:
		return Errorf(Forbidden, "%s is new to this server and waits until its admins let it in.", host)
	}
	return Errorf(Forbidden, "%s is not among those with whom this server federates.", host)
}

// Rules are the whole policy, as it is kept at hand: every activity asks for it several times.
type Rules struct {
	Mode      Mode
	StoppedAt Timestamp // when the emergency stop was pulled; 0 when it was not

	blocked map[string]bool // entirely
	allowed map[string]bool
	known   map[string]bool // was there when the quarantine began
}

// Of gives the verdict on a host: a block counts before an allowance, and both before the mode.
func (r *Rules) Of(host string) Verdict {
	names := domainsOf(host)
	switch {
	case r.blocks(names):
		return HostIsBlocked
	case r.StoppedAt != 0:
		return HostStopped
	case r.Mode == ModeClosed:
		return HostShutOut
	case r.Mode == ModeOpen || r.Mode == "" || hasAny(r.allowed, names):
		return HostAdmitted
	case r.Mode != ModeQuarantine:
		return HostShutOut
	case hasAny(r.known, names):
		return HostAdmitted
	}
	return HostWaits
}

// blocks: with an open door, a host that is allowed by its own name does not answer for the domain above it.
func (r *Rules) blocks(names []string) bool {
	for _, name := range names {
		if r.blocked[name] {
			return true
		}
		if r.allowed[name] && r.isOpen() {
			return false
		}
	}
	return false
}

func (r *Rules) isOpen() bool { return r.Mode == ModeOpen || r.Mode == "" }

// NeedsSignatures reports that only those who say who they are may be told anything.
func (r *Rules) NeedsSignatures() bool { return !r.isOpen() || r.StoppedAt != 0 }

// IsClosed reports that nobody is told anything.
func (r *Rules) IsClosed() bool { return r.Mode == ModeClosed || r.StoppedAt != 0 }

// Holds reports a host whose deliveries wait for what will be decided.
func (r *Rules) Holds(host string) bool {
	verdict := r.Of(host)
	return verdict == HostWaits || verdict == HostStopped
}

func hasAny(set map[string]bool, names []string) bool {
	if len(set) == 0 {
		return false
	}
	for _, name := range names {
		if set[name] {
			return true
		}
	}
	return false
}

// FederationRules gives the policy. What this process changes counts at once, what another node does within seconds.
func (tx *Tx) FederationRules() (*Rules, error) {
	if tx.whole != nil && tx.whole.changedBlocks {
		return tx.loadRules()
	}
	return tx.store.rules.read(tx.loadRules)
}

// Policy gives the verdict on a host.
func (tx *Tx) Policy(host string) (Verdict, error) {
	rules, err := tx.FederationRules()
	if err != nil {
		return "", err
	}
	return rules.Of(host), nil
}

// HostBlocked reports whether host or a domain above it is blocked entirely, whatever the mode says.
func (tx *Tx) HostBlocked(host string) (bool, error) {
	rules, err := tx.FederationRules()
	if err != nil || len(rules.blocked) == 0 {
		return false, err
	}
	return rules.blocks(domainsOf(host)), nil
}

func (tx *Tx) loadRules() (*Rules, error) {
	rules := &Rules{blocked: map[string]bool{}, allowed: map[string]bool{}, known: map[string]bool{}}
	var hosts []string
	if err := tx.db.Model(&DomainBlock{}).Where("severity = ?", SeveritySuspend).Pluck("host", &hosts).Error; err != nil {
		return nil, translate(err, "domain blocks")
	}
	for _, host := range hosts {
		rules.blocked[host] = true
	}
	allows, err := list[DomainAllow](tx.db.Model(&DomainAllow{}).Select("host", "known"), "allowed hosts")
	if err != nil {
		return nil, err
	}
	for _, a := range allows {
		if a.Known {
			rules.known[a.Host] = true
		} else {
			rules.allowed[a.Host] = true
		}
	}
	rules.Mode, rules.StoppedAt, err = tx.storedMode()
	return rules, err
}
