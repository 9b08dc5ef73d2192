package config

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

type duration = time.Duration

// Bounds. A post of maxPostChars fits into a document of 1 MiB however its characters are encoded.
const (
	minPostChars = 100
	maxPostChars = 20_000
	maxGraceDays = 365
	maxKeepDays  = 3650
	maxRequests  = 1_000_000

	minInboxPending  = 10
	maxInboxPending  = 1_000_000
	minInboxRequests = 8
	maxInboxRequests = 10_000
	minShutdown      = time.Second
	maxShutdown      = 10 * time.Minute
)

// wrong makes the error of a value: what is wrong with it, and what would be right.
func wrong(what, right string) error { return &Problem{Wrong: what, Right: right} }

// textOf takes strings only, in one line.
func textOf(value any, right string) (string, error) {
	s, ok := value.(string)
	if !ok {
		return "", wrong("it is "+typeOf(value), right)
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", wrong("it has control characters or line breaks", right)
	}
	return strings.TrimSpace(s), nil
}

func typeOf(value any) string {
	switch value.(type) {
	case bool:
		return "true or false"
	case int64, int, float64:
		return "a number"
	case []any:
		return "an array"
	case map[string]any:
		return "a section"
	}
	return "no text"
}

func textKind(field func(*Config) *string) kind {
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, `a text in quotes, in one line`)
			if err == nil {
				*field(c) = s
			}
			return err
		},
		func(c *Config) string { return *field(c) },
	}
}

func folderKind(field func(*Config) *string) kind {
	const right = "the path of a folder, such as media"
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, right)
			if err == nil && s == "" {
				err = wrong("it is empty", right)
			}
			if err == nil {
				*field(c) = s
			}
			return err
		},
		func(c *Config) string { return *field(c) },
	}
}

// secretKind is a text that is never shown.
func secretKind(field func(*Config) *string) kind {
	k := textKind(field)
	k.show = func(c *Config) string {
		if *field(c) == "" {
			return ""
		}
		return "(hidden)"
	}
	return k
}

func emailKind(field func(*Config) *string) kind {
	const right = "an e-mail address, such as admin@hospital.example"
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, right)
			if err != nil {
				return err
			}
			if s != "" && !isEmail(s) {
				return wrong(quote(s)+" is no e-mail address", right)
			}
			*field(c) = s
			return nil
		},
		func(c *Config) string { return *field(c) },
	}
}

func isEmail(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && parsed.Name == ""
}

func wordKind(field func(*Config) *string, words ...string) kind {
	right := strings.Join(words, ", ")
	if i := strings.LastIndex(right, ", "); i >= 0 {
		right = right[:i] + " or " + right[i+len(", "):]
	}
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, right)
			if err != nil {
				return err
			}
			if s = strings.ToLower(s); !slices.Contains(words, s) {
				return wrong(quote(s)+" is not known", right)
			}
			*field(c) = s
			return nil
		},
		func(c *Config) string { return *field(c) },
	}
}

func flagKind(field func(*Config) *bool) kind {
	return kind{
		func(c *Config, value any) error {
			switch v := value.(type) {
			case bool:
				*field(c) = v
				return nil
			case string:
				b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(v)))
				if err == nil {
					*field(c) = b
					return nil
				}
			}
			return wrong(display(value)+" is neither", "true or false")
		},
		func(c *Config) string { return strconv.FormatBool(*field(c)) },
	}
}

func numberKind(field func(*Config) *int, least, most int) kind {
	right := fmt.Sprintf("a number from %d to %d", least, most)
	return kind{
		func(c *Config, value any) error {
			n, err := intOf(value)
			if err != nil {
				return wrong(display(value)+" is no whole number", right)
			}
			if n < int64(least) || n > int64(most) {
				return wrong(strconv.FormatInt(n, 10)+" is out of bounds", right)
			}
			*field(c) = int(n)
			return nil
		},
		func(c *Config) string { return strconv.Itoa(*field(c)) },
	}
}

func intOf(value any) (int64, error) {
	switch v := value.(type) {
	case int64:
		return v, nil
	case string:
		return strconv.ParseInt(strings.TrimSpace(v), 10, 64)
	}
	return 0, errors.New("no number")
}

func durationKind(field func(*Config) *duration) kind {
	const right = "a duration from 1s to 10m, such as 20s"
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, right)
			if err != nil {
				return err
			}
			d, err := time.ParseDuration(s)
			if err != nil {
				return wrong(quote(s)+" is no duration", right)
			}
			if d < minShutdown || d > maxShutdown {
				return wrong(quote(s)+" is out of bounds", right)
			}
			*field(c) = d
			return nil
		},
		func(c *Config) string { return field(c).String() },
	}
}

// longestQuote is how many bytes of a wrong value are shown.
const longestQuote = 200

func quote(s string) string {
	if len(s) > longestQuote {
		return strconv.Quote(strings.ToValidUTF8(s[:longestQuote], "")) + "…"
	}
	return strconv.Quote(s)
}

// display shows a wrong value of any type.
func display(value any) string {
	switch v := value.(type) {
	case string:
		return quote(v)
	case bool, int64, float64:
		return fmt.Sprint(v)
	}
	return typeOf(value)
}
