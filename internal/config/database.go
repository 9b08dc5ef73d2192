package config

import (
	"net/url"
	"strings"
)

const databaseRight = "sqlite:PATH, such as sqlite:praxis.db, or postgres://USER:PASSWORD@HOST/NAME"

// readDatabase looks at the form only. It quotes nothing of the value: any part of it may be a password.
func readDatabase(c *Config, value any) error {
	s, err := textOf(value, databaseRight)
	if err != nil {
		return err
	}
	scheme, rest, _ := strings.Cut(s, ":")
	switch scheme {
	case "sqlite":
		if strings.TrimPrefix(rest, "//") == "" {
			return wrong("it names no file", databaseRight)
		}
	case "postgres", "postgresql":
		if err := checkPostgres(s, rest); err != nil {
			return err
		}
	default:
		return wrong("it begins with neither sqlite: nor postgres:", databaseRight)
	}
	c.Database = s
	return nil
}

func checkPostgres(s, rest string) error {
	if !strings.HasPrefix(rest, "//") { // postgres:host=… dbname=…, the keywords of libpq
		if strings.HasPrefix(s, "postgres:") && strings.Contains(rest, "=") {
			return nil
		}
		return wrong("it is no URL", databaseRight)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, strings.Contains(u.Path, "@"): // a slash in a password ends the name of the host
		return wrong("it is no valid URL", databaseRight+"; in USER and PASSWORD, write special characters as %XX")
	case strings.Trim(u.Path, "/") == "" && !u.Query().Has("dbname") && !u.Query().Has("database"):
		return wrong("it names no database", databaseRight)
	}
	return nil
}

// hidden stands for what is not shown.
const hidden = "***"

// redact shows where a database is without what opens it. What it cannot take apart it hides.
func redact(database string) string {
	scheme, rest, _ := strings.Cut(database, ":")
	if scheme == "sqlite" || database == "" {
		return database
	}
	u, err := url.Parse(database)
	if err != nil || !strings.HasPrefix(rest, "//") || strings.Contains(u.Path, "@") {
		if scheme == "postgres" || scheme == "postgresql" {
			return scheme + ":" + hidden
		}
		return hidden
	}
	shown := u.Scheme + "://"
	if u.User != nil {
		shown += url.PathEscape(u.User.Username()) + ":" + hidden + "@"
	}
	shown += u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		shown += "?" + hidden // a password may stand there, too
	}
	return shown
}
