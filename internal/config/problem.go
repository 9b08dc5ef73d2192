package config

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Setting string // its name, "" when the problem is with the file as a whole
	From    string // where the value came from: "file praxis.toml", "PRAXIS_HOST", "default"
	Wrong   string // what is wrong, for people; without secrets
	Right   string // what would be right
}

// Error gives the problem in one line.
func (p *Problem) Error() string {
	text := p.Wrong
	if p.Right != "" {
		text += "; it should be " + p.Right
	}
	switch {
	case p.Setting == "":
		return p.From + ": " + text
	case p.From == "":
		return p.Setting + ": " + text
	}
	return fmt.Sprintf("%s (from %s): %s", p.Setting, p.From, text)
}

// Problems is everything that is wrong with a configuration.
type Problems []*Problem

// Error gives one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps)+1)
	if len(ps) > 1 {
		lines = append(lines, fmt.Sprintf("the configuration has %d problems:", len(ps)))
	}
	for _, p := range ps {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single problems.
func (ps Problems) Unwrap() []error {
	all := make([]error, len(ps))
	for i, p := range ps {
		all[i] = p
	}
	return all
}

func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// about ties what a reader said of a value to its setting.
func about(name, from string, err error) *Problem {
	p := &Problem{Wrong: err.Error()}
	var said *Problem
	if errors.As(err, &said) {
		*p = *said
	}
	p.Setting, p.From = name, from
	return p
}
