package app

import (
	"bytes"
	"fmt"
	"os"
	"unicode/utf8"

	"praxis/internal/config"
)

// texts are what is told about the instance at length.
type texts struct{ description, privacy, terms string }

// maxText bounds a text about the instance, in bytes.
const maxText = 256 << 10

// readTexts reads the files that the configuration names.
func readTexts(cfg config.Config) (texts, error) {
	var found texts
	var err error
	if found.description, err = readText(cfg.ExtendedDescriptionFile); err != nil {
		return found, err
	}
	if found.privacy, err = readText(cfg.PrivacyPolicyFile); err != nil {
		return found, err
	}
	found.terms, err = readText(cfg.TermsFile)
	return found, err
}

func readText(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read a text about the instance: %w", err)
	}
	if len(raw) > maxText || !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return "", fmt.Errorf("read a text about the instance: %s is no text of at most %d bytes in UTF-8", file, maxText)
	}
	return string(raw), nil
}
