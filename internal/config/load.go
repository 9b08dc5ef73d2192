package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	gotoml "github.com/pelletier/go-toml/v2"
)

// Load gives the settings: the defaults, over them those of a TOML file, over them those of environment variables.
// File is its path; when it is "", that of PRAXIS_CONFIG, if set. Env is like os.Environ; a variable that is empty
// counts as not set.
//
// The error is Problems: the file cannot be read, a setting is unknown, a value is unfit. A missing host is none, since
// not every command needs one: Validate asks for it. The Config is usable only without an error; but Validate, called on
// it all the same, tells the problems of loading together with its own.
func Load(path string, environ []string) (Config, error) {
	c := Defaults()
	c.from = map[string]string{}
	from := "--config"
	if path == "" {
		path, from = variable(environ, FileVariable), FileVariable
	}
	if path != "" {
		c.take(fileLayer(path, from))
	}
	c.take(environmentLayer(environ))
	if c.Development {
		c.Host = strings.TrimSuffix(c.Host, ":80") // nobody writes the port that http has anyway
	}
	c.found = append(c.found, c.check()...)
	return c, c.found.orNil()
}

// variable gives the last value that environ has for name.
func variable(environ []string, name string) string {
	value := ""
	for _, entry := range environ {
		if key, v, ok := strings.Cut(entry, "="); ok && key == name {
			value = v
		}
	}
	return value
}

// layer is what one source says.
type layer struct {
	values  map[string]any // by the names that this source uses
	name    func(Setting) string
	from    func(key string) string
	unknown func(key, nearest string) *Problem
	failed  *Problem // the source could not be read
}

// take lets a layer speak. A value that is unfit leaves what was there.
func (c *Config) take(l layer) {
	if l.failed != nil {
		c.found = append(c.found, l.failed)
		return
	}
	known := map[string]setting{}
	for _, s := range settings() {
		known[l.name(s.Setting)] = s
	}
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		s, ok := known[key]
		if !ok {
			c.found = append(c.found, l.unknown(key, nearest(key, slices.Sorted(maps.Keys(known)))))
			continue
		}
		c.from[s.Name] = l.from(key)
		if err := s.read(c, l.values[key]); err != nil {
			c.found = append(c.found, about(s.Name, l.from(key), err))
		}
	}
}

func fileLayer(path, from string) layer {
	source := "file " + path
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), toml.Parser()); err != nil {
		return layer{failed: unreadable(path, from, err)}
	}
	return layer{
		values: k.All(),
		name:   func(s Setting) string { return s.Name },
		from:   func(string) string { return source },
		unknown: func(key, nearest string) *Problem {
			return &Problem{From: source, Wrong: "there is no setting " + quote(key), Right: nearest + ", if that is what is meant"}
		},
	}
}

// unreadable says what is wrong with a file, and where; never what stands there, since that may be a password.
func unreadable(path, from string, err error) *Problem {
	var syntax *gotoml.DecodeError
	if errors.As(err, &syntax) {
		row, column := syntax.Position()
		return &Problem{
			From:  "file " + path,
			Wrong: fmt.Sprintf("line %d, column %d is no TOML, or names a setting twice", row, column),
			Right: `one setting a line, such as host = "hospital.example"`,
		}
	}
	var unread *fs.PathError
	if !errors.As(err, &unread) {
		return &Problem{From: "file " + path, Wrong: "it is no TOML, or names a setting twice", Right: "each setting once, in a line of its own"}
	}
	return &Problem{
		From:  "file " + path + " (named by " + from + ")",
		Wrong: "it cannot be read: " + unread.Err.Error(), Right: "a TOML file that this user may read",
	}
}

func environmentLayer(environ []string) layer {
	k := koanf.New(".")
	provider := env.Provider("", env.Opt{
		Prefix:      prefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(key, value string) (string, any) {
			if value == "" || key == FileVariable || strings.HasPrefix(key, testPrefix) {
				return "", nil
			}
			return key, value
		},
	})
	if err := k.Load(provider, nil); err != nil {
		return layer{failed: &Problem{From: "the environment", Wrong: err.Error()}}
	}
	return layer{
		values: k.All(),
		name:   func(s Setting) string { return s.Env },
		from:   func(key string) string { return key },
		unknown: func(key, nearest string) *Problem {
			return &Problem{From: "the environment", Wrong: "there is no setting " + quote(key), Right: nearest + ", if that is what is meant"}
		},
	}
}
