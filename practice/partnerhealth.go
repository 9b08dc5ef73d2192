package practice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"praxis/models"
)

// The colours of a partner's health.
const (
	HealthGreen = "green"
	HealthAmber = "amber"
	HealthRed   = "red"
)

// PartnerFacts are what the health of a partner is judged by.
type PartnerFacts struct {
	State      models.PartnerState
	Pause      string
	LastOut    models.Timestamp // of a delivery that was taken
	LastIn     models.Timestamp
	Waiting    int64
	Oldest     time.Duration // how long the first of those has waited
	Failures   int64
	Failing    time.Duration
	Parked     bool
	Error      string // the last one
	ErrorClass string
	Refused    int64 // deliveries of a week
	ClockSkew  time.Duration
	Software   string
	KeyAge     time.Duration // since the words were compared
	Day        int64         // deliveries of a day
	Usual      int64         // of a day, as it was
	Reports    int64
	ReportAge  time.Duration
	EndsIn     time.Duration // 0 without an end
	Seen       *SeenBy       // how they see us; nil while they did not say
	SeenAge    time.Duration
}

// partnerFacts gathers what is known.
func (s *Service) partnerFacts(tx *models.Tx, p *models.Partner) (*PartnerFacts, error) {
	f, err := tx.PartnerFigures(p.Host)
	if err != nil {
		return nil, err
	}
	now := tx.Now()
	age := func(t models.Timestamp) time.Duration {
		if t == 0 {
			return 0
		}
		return now.Since(t)
	}
	facts := &PartnerFacts{
		State: p.State, Pause: p.Pause, LastOut: f.LastSuccessAt, LastIn: f.LastInboundAt, Waiting: f.Waiting, Oldest: age(f.OldestAt),
		Failures: f.Failures, Failing: age(f.FailingSince), Parked: f.ParkedAt != 0, Error: f.LastError, ErrorClass: errorClass(f.LastError),
		Refused: f.Refused, Software: strings.TrimSpace(f.Software + " " + f.Version), KeyAge: age(p.ConfirmedAt), Day: f.Day, Usual: f.Before / 14,
		Reports: f.Reports, ReportAge: age(f.ReportsAt),
	}
	if p.ValidUntil != 0 {
		facts.EndsIn = p.ValidUntil.Time().Sub(now.Time())
	}
	if seen, ok := ReadSeenBy(p.Status); ok && p.StatusAt != 0 {
		facts.Seen, facts.SeenAge = &seen, age(p.StatusAt)
		facts.ClockSkew = seen.Published.Sub(p.StatusAt.Time())
	}
	return facts, nil
}

// The classes of what goes wrong.
const (
	ErrorSignature = "signature" // they do not take our signature
	ErrorPolicy    = "policy"    // they do not want us
	ErrorFault     = "fault"     // their server fails
	ErrorTLS       = "tls"
	ErrorNetwork   = "network"
)

// errorClass sorts what a failed delivery left behind.
func errorClass(text string) string {
	said := strings.ToLower(text)
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(said, word) {
				return true
			}
		}
		return false
	}
	switch {
	case said == "":
		return ""
	case has("certificate", "x509", "tls"):
		return ErrorTLS
	case has("signature", "unauthorized", "401"):
		return ErrorSignature
	case has("blocked", "forbidden", "403", "not among those"):
		return ErrorPolicy
	case has("timeout", "refused", "no such host", "reset", "unreachable", "dial", "deadline"):
		return ErrorNetwork
	}
	return ErrorFault
}

// Health is a colour with what is behind it and one thing to do.
type Health struct {
	Colour string
	Why    string
	Do     string
}

// check is one thing that can be wrong; the first that is decides.
type check struct {
	is     func(f *PartnerFacts) bool
	colour string
	why    func(f *PartnerFacts) string
	do     string
}

func said(text string) func(*PartnerFacts) string { return func(*PartnerFacts) string { return text } }

// healthChecks in the order in which they count.
var healthChecks = []check{
	{
		func(f *PartnerFacts) bool { return f.State == models.PartnerPaused && f.Pause == models.PauseKey }, HealthRed,
		said("their keys are not those that were confirmed"), "compare the six words with their admin and confirm them",
	},
	{func(f *PartnerFacts) bool { return f.State == models.PartnerPaused }, HealthRed, said("the partnership is paused"), "renew it, or let it end"},
	{
		func(f *PartnerFacts) bool { return f.Parked }, HealthRed, said("deliveries were given up after days of failures"),
		"call their contact; when their server runs again, retry the peer",
	},
	{
		func(f *PartnerFacts) bool { return f.Failing >= 6*time.Hour && f.ErrorClass == ErrorSignature }, HealthRed,
		said("they refuse our signatures"), "check the clock of this machine, and have them fetch our keys anew",
	},
	{
		func(f *PartnerFacts) bool { return f.Failing >= 6*time.Hour && f.ErrorClass == ErrorPolicy }, HealthRed,
		said("they refuse what we send"), "ask their admin whether they block this server",
	},
	{
		func(f *PartnerFacts) bool { return f.Failing >= 6*time.Hour && f.ErrorClass == ErrorTLS }, HealthRed,
		said("their certificate is no good"), "tell their contact that their certificate must be renewed",
	},
	{
		func(f *PartnerFacts) bool { return f.Failing >= 24*time.Hour }, HealthRed, why("nothing was taken for %s", func(f *PartnerFacts) any { return hours(f.Failing) }),
		"call their contact",
	},
	{
		func(f *PartnerFacts) bool { return f.Seen != nil && f.Seen.State == string(models.PartnerPaused) }, HealthRed,
		said("they have paused the partnership"), "ask their admin why",
	},
	{
		func(f *PartnerFacts) bool { return f.EndsIn != 0 && f.EndsIn < 7*24*time.Hour }, HealthRed, why("the agreement ends within %s", func(f *PartnerFacts) any { return hours(f.EndsIn) }),
		"renew it",
	},
	{
		func(f *PartnerFacts) bool { return f.EndsIn != 0 && f.EndsIn < 30*24*time.Hour }, HealthAmber,
		why("the agreement ends within %s", func(f *PartnerFacts) any { return hours(f.EndsIn) }), "renew it",
	},
	{func(f *PartnerFacts) bool { return f.Failures > 0 }, HealthAmber, why("deliveries fail: %s", func(f *PartnerFacts) any { return f.ErrorClass }), "wait: it is tried again; look again in some hours"},
	{
		func(f *PartnerFacts) bool { return f.ClockSkew.Abs() > 5*time.Minute }, HealthAmber, why("the clocks differ by %s", func(f *PartnerFacts) any { return f.ClockSkew.Abs().Round(time.Minute) }),
		"have both machines keep their time by NTP",
	},
	{
		func(f *PartnerFacts) bool { return f.Waiting > 0 && f.Oldest > time.Hour }, HealthAmber, why("something has waited for %s", func(f *PartnerFacts) any { return hours(f.Oldest) }),
		"look at the peer's deliveries",
	},
	{func(f *PartnerFacts) bool { return f.Seen != nil && f.Seen.Failures > 0 }, HealthAmber, said("they cannot deliver to us"), "look whether this server can be reached from outside"},
	{
		func(f *PartnerFacts) bool { return f.Reports > 0 && f.ReportAge > 3*24*time.Hour }, HealthAmber, why("a report has been open for %s", func(f *PartnerFacts) any { return hours(f.ReportAge) }),
		"decide on the report",
	},
	{
		func(f *PartnerFacts) bool { return f.Refused > 20 && f.Refused > f.Usual }, HealthAmber, why("%d deliveries were refused within a week", func(f *PartnerFacts) any { return f.Refused }),
		"look at the peer's deliveries",
	},
	{
		func(f *PartnerFacts) bool { return f.Day > 100 && f.Day > 10*max(f.Usual, 1) }, HealthAmber, why("ten times as much as usual goes to them: %d in a day", func(f *PartnerFacts) any { return f.Day }),
		"look for what causes it",
	},
	{
		func(f *PartnerFacts) bool { return f.State == models.PartnerLive && f.SeenAge > 3*24*time.Hour }, HealthAmber, said("they have not said for three days how they see us"),
		"see whether their server can be reached",
	},
	{func(f *PartnerFacts) bool { return f.KeyAge > 2*365*24*time.Hour }, HealthAmber, said("the words were compared more than two years ago"), "compare them again"},
}

func why(format string, of func(f *PartnerFacts) any) func(*PartnerFacts) string {
	return func(f *PartnerFacts) string { return fmt.Sprintf(format, of(f)) }
}

// hours says a time as people do.
func hours(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 72*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// JudgeHealth says how a partner is: the first thing that is wrong decides.
func JudgeHealth(f *PartnerFacts) Health {
	for _, c := range healthChecks {
		if c.is(f) {
			return Health{c.colour, c.why(f), c.do}
		}
	}
	return Health{HealthGreen, "all is well", ""}
}

// healthEvery is how often partners are judged without anybody asking.
const healthEvery = time.Hour

// JudgePartners judges those whose turn it is, has the admins told of one that became red, and reports whether there was one.
func (s *Service) JudgePartners(ctx context.Context) (did bool, err error) {
	partners, err := s.store.Read(ctx).PartnersIn(models.PartnerLive, models.PartnerPaused, models.PartnerOneSided)
	if err != nil {
		return false, err
	}
	for i := range partners {
		if models.At(s.store.Now()).Since(partners[i].HealthAt) < healthEvery {
			continue
		}
		did = true
		if err := s.judgePartner(ctx, partners[i].Host); err != nil {
			return did, err
		}
	}
	return did, nil
}

func (s *Service) judgePartner(ctx context.Context, host string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		p, err := tx.Partner(host)
		if err != nil {
			return err
		}
		facts, err := s.partnerFacts(tx, p)
		if err != nil {
			return err
		}
		health := JudgeHealth(facts)
		p.HealthAt, p.HealthWhy, p.HealthDo = tx.Now(), health.Why, health.Do
		if health.Colour != p.Health {
			if p.Health != "" || health.Colour != HealthGreen {
				if err := tx.AddPartnerEvent(models.PartnerEvent{Host: host, Kind: PartnerEventHealth, Ref: health.Colour, Detail: health.Why}); err != nil {
					return err
				}
			}
			p.Health, p.ToldAt = health.Colour, 0
			if health.Colour == HealthRed {
				s.pokeMail(tx)
			}
		}
		return tx.SavePartner(p)
	})
}

// purposePartner is that of letters to admins about a partner.
const purposePartner = "partner "

// partnerLetters writes to each admin about each partner that became red.
func (s *Service) partnerLetters(tx *models.Tx) ([]Letter, error) {
	partners, err := tx.RedPartners()
	if err != nil || len(partners) == 0 {
		return nil, err
	}
	admins, err := tx.MailedStaff(models.RoleAdmin, models.RoleOwner)
	if err != nil {
		return nil, err
	}
	var letters []Letter
	for i := range partners {
		p := &partners[i]
		facts, err := s.partnerFacts(tx, p)
		if err != nil {
			return nil, err
		}
		health := JudgeHealth(facts)
		for j := range admins {
			letter := Letter{To: admins[j].Email, account: admins[j].ID, purpose: purposePartner + p.Host, token: format(int64(p.HealthAt))}
			told, err := tx.HasPartnerEvent(p.Host, partnerEventMail, letter.Key())
			if err != nil {
				return nil, err
			}
			if told {
				continue
			}
			letter.Subject = "Something is wrong with the partner " + p.Host
			letter.Text = fmt.Sprintf("%s: the partnership with %s is red: %s.\n\nWhat to do: %s.\n\nMore: praxis partner show %s\n",
				s.links.Host, p.Host, health.Why, orNothing(health.Do), p.Host)
			letters = append(letters, letter)
		}
	}
	return letters, nil
}

func orNothing(do string) string {
	if do == "" {
		return "nothing, it is well again"
	}
	return do
}

const partnerEventMail = "mail"

// partnerLetterSent notes that an admin was told, and when all were.
func (s *Service) partnerLetterSent(tx *models.Tx, letter Letter) error {
	host := strings.TrimPrefix(letter.purpose, purposePartner)
	if err := tx.AddPartnerEvent(models.PartnerEvent{Host: host, Kind: partnerEventMail, Ref: letter.Key()}); err != nil {
		return err
	}
	p, err := tx.Partner(host)
	if err != nil {
		return err
	}
	rest, err := s.partnerLetters(tx)
	if err != nil {
		return err
	}
	for _, other := range rest {
		if other.purpose == letter.purpose {
			return nil
		}
	}
	p.ToldAt = tx.Now()
	return tx.SavePartner(p)
}
