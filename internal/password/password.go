package password

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Length limits of a password, in bytes (security case G10). The whole of it is hashed, nothing is cut.
const (
	MinBytes = 8
	MaxBytes = 1024
)

const (
	saltBytes = 16
	keyBytes  = 32
)

// Params say what a hash costs. The zero value means Default.
type Params struct {
	MemoryKiB, Time uint32
	Threads         uint8
}

// Default gives the parameters that OWASP's password storage cheat sheet recommends for argon2id: 19 MiB, two passes,
// one thread.
func Default() Params { return Params{MemoryKiB: 19 * 1024, Time: 2, Threads: 1} }

// Cheap gives parameters for tests, which hash often and guard nothing.
func Cheap() Params { return Params{MemoryKiB: 64, Time: 1, Threads: 1} }

// Hash gives the PHC string of a password with a fresh salt. Errors: the password is too short or too long, in words
// for the person who typed it; parameters outside of what Verify takes.
func Hash(plain string, p Params) (string, error) {
	if err := checkLength(plain); err != nil {
		return "", err
	}
	p = p.orDefault()
	if err := p.check(); err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails: it ends the process instead
	return encode(p, salt, p.key(plain, salt, keyBytes)), nil
}

// Verify reports whether plain is the password of a PHC string, in a time that does not tell how much of it was right.
// A password that is longer than Hash takes is wrong and costs nothing. The error says that phc is no argon2id hash, or
// one that costs more than is allowed.
func Verify(plain, phc string) (bool, error) {
	p, salt, key, err := decode(phc)
	if err != nil {
		return false, fmt.Errorf("read the password hash: %w", err)
	}
	if len(plain) > MaxBytes {
		return false, nil
	}
	return subtle.ConstantTimeCompare(p.key(plain, salt, uint32(len(key))), key) == 1, nil
}

// Waste costs as much as Verify on a hash with these parameters. Who signs in as a user that does not exist then waits
// as long as for one that does. Parameters that Hash would refuse are replaced by Default.
func Waste(plain string, p Params) {
	p = p.orDefault()
	if p.check() != nil {
		p = Default()
	}
	if len(plain) > MaxBytes {
		return
	}
	p.key(plain, make([]byte, saltBytes), keyBytes)
}

func checkLength(plain string) error {
	switch {
	case len(plain) < MinBytes:
		return fmt.Errorf("password is too short: it has %d bytes, and at least %d are needed", len(plain), MinBytes)
	case len(plain) > MaxBytes:
		return fmt.Errorf("password is too long: it has %d bytes, and at most %d are allowed", len(plain), MaxBytes)
	}
	return nil
}

func (p Params) orDefault() Params {
	if p == (Params{}) {
		return Default()
	}
	return p
}

// Bounds of what Verify computes, so that a hash from elsewhere cannot exhaust memory or time.
const (
	maxMemoryKiB = 1 << 20
	maxTime      = 16
	maxThreads   = 16
)

var errCost = errors.New("argon2id parameters out of range: memory is 8 KiB per thread up to 1 GiB, time 1 to 16, threads 1 to 16")

func (p Params) check() error {
	if p.Time < 1 || p.Time > maxTime || p.Threads < 1 || p.Threads > maxThreads ||
		p.MemoryKiB < 8*uint32(p.Threads) || p.MemoryKiB > maxMemoryKiB {
		return errCost
	}
	return nil
}

func (p Params) key(plain string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(plain), salt, p.Time, p.MemoryKiB, p.Threads, length)
}
