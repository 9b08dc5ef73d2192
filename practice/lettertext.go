package practice

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"praxis/models"
)

//go:embed letters/*.txt
var ownLetters embed.FS

// letterTexts are the templates of letters, by their names: the first line is "Subject: …", the second is empty, and what
// follows is the letter.
type letterTexts map[string]*template.Template

// letterTo is to whom a letter goes that does not go to the address of its account.
const letterTo = "to"

// letterTime is how letters tell a moment.
const letterTime = "2 January 2006, 15:04 MST"

// letterSamples are what letters are filled with to look at them. They also say which letters there are.
var letterSamples = map[string]map[string]string{
	"confirm":     {"username": "ann", "link": "https://hospital.example/auth/confirmation?token=…"},
	"password":    {"username": "ann", "link": "https://hospital.example/auth/password/new?token=…"},
	"break-glass": {"username": "bo", "who": "cleo", "time": "1 May 2026, 07:30 UTC", "address": "192.0.2.1"},
	"factor":      {"username": "ann", "change": "a passkey was added", "time": "1 May 2026, 07:30 UTC"},
	"test":        {},

	purposeAddress: {"username": "ann", "link": "https://hospital.example/auth/recovery/address?token=…"},
}

// ownTexts gives the letters of the program.
var ownTexts = sync.OnceValue(readOwnTexts)

func readOwnTexts() letterTexts {
	folder, err := fs.Sub(ownLetters, "letters")
	if err != nil {
		panic(err) // an embedded folder is there
	}
	texts := letterTexts{}
	if err := texts.read(folder); err != nil {
		panic(err) // a test reads them all
	}
	return texts
}

// read takes all letters of a folder.
func (t letterTexts) read(folder fs.FS) error {
	names, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return err
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".txt")
		if letterSamples[name] == nil {
			return models.Errorf(models.Invalid, "there is no letter %q: the letters are %s", name, strings.Join(LetterNames(), ", "))
		}
		raw, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(raw), "\r\n", "\n")
		t[name], err = template.New(name).Option("missingkey=error").Parse(text)
		if err == nil {
			_, _, err = t.write(name, "hospital.example", letterSamples[name])
		}
		if err != nil {
			return models.Errorf(models.Invalid, "the letter %s is not fit: %w", file, err)
		}
	}
	return nil
}

// write fills a letter in. Errors: what the template lacks, a subject of more than one line.
func (t letterTexts) write(name, host string, data map[string]string) (subject, body string, err error) {
	text, ok := t[name]
	if !ok {
		return "", "", fmt.Errorf("there is no letter %q", name)
	}
	filled := maps.Clone(data)
	if filled == nil {
		filled = map[string]string{}
	}
	filled["host"] = host
	var written bytes.Buffer
	if err := text.Execute(&written, filled); err != nil {
		return "", "", err
	}
	head, body, _ := strings.Cut(written.String(), "\n")
	subject, ok = strings.CutPrefix(head, "Subject: ")
	if !ok || strings.TrimSpace(subject) == "" || !strings.HasPrefix(body, "\n") {
		return "", "", errors.New(`it has to begin with a line "Subject: …" and an empty line`)
	}
	// Nothing that is filled in becomes a header of its own (security case G13).
	if strings.ContainsFunc(subject, unicode.IsControl) {
		return "", "", errors.New("its subject has control characters")
	}
	return strings.TrimSpace(subject), strings.TrimPrefix(body, "\n"), nil
}

// UseLetters lets the letters of a folder take the place of ours. Errors: Invalid for a letter that is not fit.
func (s *Service) UseLetters(folder string) error {
	if _, err := os.Stat(folder); err != nil {
		return models.Errorf(models.Invalid, "the folder of letter_templates cannot be read: %w", err)
	}
	texts := maps.Clone(s.letterTexts)
	if err := texts.read(os.DirFS(folder)); err != nil {
		return err
	}
	s.letterTexts = texts
	return nil
}

// LetterNames lists the letters that there are.
func LetterNames() []string { return slices.Sorted(maps.Keys(letterSamples)) }

// PreviewLetter fills a letter in with made-up facts. Errors: NotFound for a letter that there is not.
func (s *Service) PreviewLetter(name string) (Letter, error) {
	sample, ok := letterSamples[name]
	if !ok {
		return Letter{}, models.Errorf(models.NotFound, "there is no letter %q: the letters are %s", name, strings.Join(LetterNames(), ", "))
	}
	subject, text, err := s.letterTexts.write(name, s.links.Host, sample)
	return Letter{To: "ann@hospital.example", Subject: subject, Text: text}, err
}

// oweLetter makes a letter due to an account; those without an address that is theirs get none.
func (s *Service) oweLetter(tx *models.Tx, account *models.Account, name string, data map[string]string) error {
	if account.Email == "" || account.ConfirmedAt == 0 {
		return nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	s.pokeMail(tx)
	return tx.PutLetter(&models.Letter{AccountID: account.ID, Name: name, Data: string(raw)})
}

// owedLetters writes the letters that stand in the table of letters.
func (s *Service) owedLetters(tx *models.Tx) ([]Letter, error) {
	rows, err := tx.PlainLettersDue(lettersAtOnce)
	if err != nil {
		return nil, err
	}
	var letters []Letter
	for _, row := range rows {
		account, err := tx.Account(row.AccountID)
		if err != nil {
			return nil, err
		}
		var data map[string]string
		if err := json.Unmarshal([]byte(row.Data), &data); err != nil {
			return nil, fmt.Errorf("read letter %d: %w", row.ID, err)
		}
		subject, text, err := s.letterTexts.write(row.Name, s.links.Host, data)
		if err != nil {
			return nil, fmt.Errorf("write letter %d (%s): %w", row.ID, row.Name, err)
		}
		letters = append(letters, Letter{To: orElse(data[letterTo], account.Email), Subject: subject, Text: text, row: row.ID, account: account.ID, purpose: row.Name})
	}
	return letters, nil
}

func (s *Service) moment() string { return s.store.Now().UTC().Format(letterTime) }
