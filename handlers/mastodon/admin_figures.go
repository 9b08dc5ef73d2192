package mastodon

import (
	"net/http"
	"strconv"
	"time"

	"praxis/models"
)

func adminFigureRoutes() []route {
	const scope = "admin:read"
	return []route{
		staff(http.MethodPost, "/api/v1/admin/measures", getMeasures, models.PermitDashboard, scope),
		staff(http.MethodPost, "/api/v1/admin/dimensions", getDimensions, models.PermitDashboard, scope),
		staff(http.MethodPost, "/api/v1/admin/retention", getRetention, models.PermitDashboard, scope),
	}
}

// What bounds figures.
const (
	maxKeys     = 20
	maxSpan     = 366 * 24 * time.Hour
	defaultSpan = 30 * 24 * time.Hour
)

// span is a time from the beginning of one day to the end of another.
type span struct{ from, to time.Time }

func (s span) days() int { return int(s.to.Sub(s.from) / (24 * time.Hour)) }

// before is the time of the same length that ends where this one begins.
func (s span) before() span { return span{s.from.Add(-s.to.Sub(s.from)), s.from} }

// figuresAsk is what figures are asked for.
type figuresAsk struct {
	Keys      []string `mapstructure:"keys"`
	StartAt   string   `mapstructure:"start_at"`
	EndAt     string   `mapstructure:"end_at"`
	Frequency string   `mapstructure:"frequency"`
}

func (c *call) figures() (figuresAsk, span, error) {
	var ask figuresAsk
	if err := c.params.decode(&ask); err != nil {
		return ask, span{}, err
	}
	if len(ask.Keys) > maxKeys {
		return ask, span{}, models.FieldErrorf("keys", "Validation failed: more than %d keys", maxKeys)
	}
	end, err := dayOf(ask.EndAt, c.tx.Now().Time())
	if err != nil {
		return ask, span{}, models.FieldErrorf("end_at", "Validation failed: end_at is no date")
	}
	start, err := dayOf(ask.StartAt, end.Add(-defaultSpan))
	if err != nil {
		return ask, span{}, models.FieldErrorf("start_at", "Validation failed: start_at is no date")
	}
	asked := span{start, end.AddDate(0, 0, 1)}
	if start.After(end) || asked.to.Sub(asked.from) > maxSpan {
		return ask, asked, models.FieldErrorf("start_at", "Validation failed: start_at must be before end_at, by a year at most")
	}
	return ask, asked, nil
}

// dayOf reads a date or a moment, and gives the beginning of its day.
func dayOf(text string, fallback time.Time) (time.Time, error) {
	moment := fallback
	if text != "" {
		if len(text) < len(time.DateOnly) {
			return moment, strconv.ErrSyntax
		}
		var err error
		if moment, err = time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err != nil {
			return moment, err
		}
	}
	return moment.UTC().Truncate(24 * time.Hour), nil
}

// domainFor is the host that a figure of one instance is about: {"instance_accounts": {"domain": "…"}}.
func (c *call) domainFor(key string) string {
	if inner, ok := c.params[key].(map[string]any); ok {
		return params(inner).text("domain")
	}
	return ""
}

type adminMeasure struct {
	Key           string       `json:"key"`
	Unit          *string      `json:"unit"`
	Total         string       `json:"total"`
	PreviousTotal *string      `json:"previous_total,omitempty"`
	Data          []measureDay `json:"data"`
}

type measureDay struct {
	Date  string `json:"date"`
	Value string `json:"value"`
}

// getMeasures counts by day. What is not counted here has zeros; there are no hashtags with numbers, so theirs are such.
func getMeasures(c *call) (any, error) {
	ask, asked, err := c.figures()
	if err != nil {
		return nil, err
	}
	shown := []*adminMeasure{}
	for _, key := range ask.Keys {
		one, err := c.measureOf(key, asked)
		if err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return shown, nil
}

func (c *call) measureOf(key string, asked span) (*adminMeasure, error) {
	host := c.domainFor(key)
	from, to := models.At(asked.from), models.At(asked.to)
	byDay, total, previous := map[int64]int64{}, int64(0), int64(0)
	if models.IsCounted(key) {
		rows, err := c.tx.CountDays(key, host, from, to)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			byDay[row.Day] = row.Count
		}
		if total, err = c.tx.CountWhole(key, host, from, to); err != nil {
			return nil, err
		}
		if previous, err = c.tx.CountWhole(key, host, models.At(asked.before().from), from); err != nil {
			return nil, err
		}
	}
	before := strconv.FormatInt(previous, 10)
	one := &adminMeasure{Key: key, Total: strconv.FormatInt(total, 10), PreviousTotal: &before, Data: []measureDay{}}
	for i := range asked.days() {
		day := asked.from.AddDate(0, 0, i)
		value := byDay[day.Unix()/86400]
		one.Data = append(one.Data, measureDay{date(models.At(day)), strconv.FormatInt(value, 10)})
	}
	return one, nil
}

type adminDimension struct {
	Key  string         `json:"key"`
	Data []dimensionRow `json:"data"`
}

type dimensionRow struct {
	Key      string `json:"key"`
	HumanKey string `json:"human_key"`
	Value    string `json:"value"`
}

func getDimensions(c *call) (any, error) {
	ask, asked, err := c.figures()
	if err != nil {
		return nil, err
	}
	shown := []*adminDimension{}
	for _, key := range ask.Keys {
		one := &adminDimension{Key: key, Data: []dimensionRow{}}
		shown = append(shown, one)
		if key == "software_versions" {
			one.Data = append(one.Data, dimensionRow{"praxis", "Praxis", c.s.cfg.Version}, dimensionRow{"database", "Database", c.s.store.Dialect()})
		}
		if !models.IsDivided(key) {
			continue
		}
		rows, err := c.tx.Shares(key, c.domainFor(key), models.At(asked.from), models.At(asked.to), c.limit(10, 100))
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			one.Data = append(one.Data, dimensionRow{row.Key, row.Key, strconv.FormatInt(row.Count, 10)})
		}
	}
	return shown, nil
}

type adminCohort struct {
	Period    string      `json:"period"`
	Frequency string      `json:"frequency"`
	Data      []cohortRow `json:"data"`
}

type cohortRow struct {
	Date  string  `json:"date"`
	Rate  float64 `json:"rate"`
	Value string  `json:"value"`
}

// getRetention tells, of those who came in each period, how many wrote something in it and in each later one.
func getRetention(c *call) (any, error) {
	ask, asked, err := c.figures()
	if err != nil {
		return nil, err
	}
	switch ask.Frequency {
	case "":
		ask.Frequency = "day"
	case "day", "month":
	default:
		return nil, models.FieldErrorf("frequency", "Validation failed: frequency is day or month")
	}
	from, to := models.At(asked.from), models.At(asked.to)
	came, err := c.tx.Newcomers(from, to)
	if err != nil {
		return nil, err
	}
	active, err := c.tx.ActiveDays(from, to)
	if err != nil {
		return nil, err
	}
	return cohorts(asked, ask.Frequency, came, active), nil
}

// periodOf gives the beginning of the day or month of a moment.
func periodOf(t time.Time, frequency string) time.Time {
	if frequency == "month" {
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Truncate(24 * time.Hour)
}

func cohorts(asked span, frequency string, came []models.Newcomer, active []models.ActorDay) []*adminCohort {
	cohortOf, sizes := map[int64]time.Time{}, map[time.Time]int{}
	for _, one := range came {
		period := periodOf(one.CreatedAt.Time(), frequency)
		cohortOf[one.ActorID] = period
		sizes[period]++
	}
	type cell struct{ cohort, period time.Time }
	wrote := map[cell]map[int64]bool{}
	for _, day := range active {
		at := cell{cohortOf[day.ActorID], periodOf(time.Unix(day.Day*86400, 0).UTC(), frequency)}
		if wrote[at] == nil {
			wrote[at] = map[int64]bool{}
		}
		wrote[at][day.ActorID] = true
	}
	periods := []time.Time{}
	for t := periodOf(asked.from, frequency); t.Before(asked.to); {
		periods = append(periods, t)
		if frequency == "month" {
			t = t.AddDate(0, 1, 0)
		} else {
			t = t.AddDate(0, 0, 1)
		}
	}
	shown := []*adminCohort{}
	for i, cohort := range periods {
		entry := &adminCohort{Period: date(models.At(cohort)), Frequency: frequency, Data: []cohortRow{}}
		for _, period := range periods[i:] {
			n, rate := len(wrote[cell{cohort, period}]), 0.0
			if sizes[cohort] > 0 {
				rate = float64(n) / float64(sizes[cohort])
			}
			entry.Data = append(entry.Data, cohortRow{date(models.At(period)), rate, strconv.Itoa(n)})
		}
		shown = append(shown, entry)
	}
	return shown
}
