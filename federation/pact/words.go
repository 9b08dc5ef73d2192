package pact

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tyler-smith/go-bip39/wordlists"

	"praxis/federation/sign"
)

// Fingerprint names the keys of an instance actor: SHA-256, hex, over its id and both keys, a line each. A key that is written
// differently and is the same has the same one. Errors: keys that cannot be read.
func Fingerprint(actor, rsaPEM, multikey string) (string, error) {
	key, err := sign.ParsePublicPEM(rsaPEM)
	if err != nil {
		return "", fmt.Errorf("the RSA key of %.200s: %w", actor, err)
	}
	text, err := sign.EncodePublicPEM(key)
	if err != nil {
		return "", err
	}
	if multikey == "" {
		return "", fmt.Errorf("%.200s has no Ed25519 key, without which it can sign no agreement", actor)
	}
	if _, err := sign.ParseMultikey(multikey); err != nil {
		return "", fmt.Errorf("the Ed25519 key of %.200s: %w", actor, err)
	}
	sum := sha256.Sum256([]byte("praxis partnership keys\n" + actor + "\n" + text + multikey + "\n"))
	return hex.EncodeToString(sum[:]), nil
}

// How words are made. The rounds make it costly to look for keys with which two conversations would read the same words.
const (
	wordCount = 6
	wordBits  = 11 // 2048 words
	rounds    = 1 << 17
)

// Words gives the six words by which people compare two fingerprints; the order of the two does not matter.
func Words(a, b string) ([]string, error) {
	if a > b {
		a, b = b, a
	}
	raw, err := pbkdf2.Key(sha256.New, a+" "+b, []byte("praxis partnership words"), rounds, (wordCount*wordBits+7)/8)
	if err != nil {
		return nil, err
	}
	words := make([]string, wordCount)
	for i := range words {
		words[i] = wordlists.English[bits(raw, i*wordBits, wordBits)]
	}
	return words, nil
}

// bits reads a number of some bits, the greatest first.
func bits(raw []byte, from, count int) int {
	n := 0
	for i := from; i < from+count; i++ {
		n = n<<1 | int(raw[i/8]>>(7-i%8)&1)
	}
	return n
}

// SameWords compares what a person typed with the words, whatever the case and what stands between them.
func SameWords(typed string, words []string) bool {
	said := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return r < 'a' || r > 'z' })
	return strings.Join(said, " ") == strings.Join(words, " ")
}
