package practice

import (
	"testing"
	"time"

	"praxis/models"
)

func TestHealthHasOneReasonAndOneThingToDo(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		facts  PartnerFacts
		colour string
		do     string
	}{
		"well":              {PartnerFacts{State: models.PartnerLive, EndsIn: 300 * day}, HealthGreen, ""},
		"other keys":        {PartnerFacts{State: models.PartnerPaused, Pause: models.PauseKey}, HealthRed, "compare the six words with their admin and confirm them"},
		"revoked":           {PartnerFacts{State: models.PartnerPaused, Pause: models.PauseRevoked}, HealthRed, "renew it, or let it end"},
		"given up":          {PartnerFacts{Parked: true, Failures: 90}, HealthRed, "call their contact; when their server runs again, retry the peer"},
		"signature":         {PartnerFacts{Failures: 9, Failing: 7 * time.Hour, ErrorClass: ErrorSignature}, HealthRed, "check the clock of this machine, and have them fetch our keys anew"},
		"signature, lately": {PartnerFacts{Failures: 2, Failing: time.Hour, ErrorClass: ErrorSignature}, HealthAmber, "wait: it is tried again; look again in some hours"},
		"policy":            {PartnerFacts{Failures: 9, Failing: 7 * time.Hour, ErrorClass: ErrorPolicy}, HealthRed, "ask their admin whether they block this server"},
		"certificate":       {PartnerFacts{Failures: 9, Failing: 7 * time.Hour, ErrorClass: ErrorTLS}, HealthRed, "tell their contact that their certificate must be renewed"},
		"down for a day":    {PartnerFacts{Failures: 9, Failing: 25 * time.Hour, ErrorClass: ErrorNetwork}, HealthRed, "call their contact"},
		"they paused":       {PartnerFacts{Seen: &SeenBy{State: "paused"}}, HealthRed, "ask their admin why"},
		"ends in days":      {PartnerFacts{EndsIn: 5 * day}, HealthRed, "renew it"},
		"ends in weeks":     {PartnerFacts{EndsIn: 20 * day}, HealthAmber, "renew it"},
		"clock":             {PartnerFacts{ClockSkew: -7 * time.Minute}, HealthAmber, "have both machines keep their time by NTP"},
		"lane":              {PartnerFacts{Waiting: 3, Oldest: 2 * time.Hour}, HealthAmber, "look at the peer's deliveries"},
		"lane, short":       {PartnerFacts{Waiting: 3, Oldest: time.Minute}, HealthGreen, ""},
		"they fail":         {PartnerFacts{Seen: &SeenBy{Failures: 3}}, HealthAmber, "look whether this server can be reached from outside"},
		"old report":        {PartnerFacts{Reports: 1, ReportAge: 4 * day}, HealthAmber, "decide on the report"},
		"young report":      {PartnerFacts{Reports: 1, ReportAge: day}, HealthGreen, ""},
		"refusals":          {PartnerFacts{Refused: 30, Usual: 5}, HealthAmber, "look at the peer's deliveries"},
		"volume":            {PartnerFacts{Day: 500, Usual: 20}, HealthAmber, "look for what causes it"},
		"usual volume":      {PartnerFacts{Day: 500, Usual: 400}, HealthGreen, ""},
		"silence":           {PartnerFacts{State: models.PartnerLive, Seen: &SeenBy{}, SeenAge: 4 * day}, HealthAmber, "see whether their server can be reached"},
		"old keys":          {PartnerFacts{KeyAge: 800 * day}, HealthAmber, "compare them again"},
	} {
		got := JudgeHealth(&c.facts)
		if got.Colour != c.colour || got.Do != c.do || got.Why == "" {
			t.Errorf("%s: %+v, want %s: %s", name, got, c.colour, c.do)
		}
	}
}

func TestErrorsHaveClasses(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "status 401: The signature is no good": ErrorSignature, "a.test is blocked here": ErrorPolicy, "x509: certificate has expired": ErrorTLS,
		"dial tcp: connection refused": ErrorNetwork, "database is locked": ErrorFault,
	} {
		if got := errorClass(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
