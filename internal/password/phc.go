package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds of the lengths in a PHC string, in bytes; from the PHC string format, with room.
const (
	minSalt, maxSalt = 8, 64
	minKey, maxKey   = 16, 128
	maxPHC           = 512
)

// encode writes "$argon2id$v=19$m=…,t=…,p=…$salt$key", base64 without padding.
func encode(p Params, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.MemoryKiB, p.Time, p.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errPHC = errors.New("not of the form $argon2id$v=19$m=…,t=…,p=…$salt$key")

// decode reads what encode writes and nothing else: one spelling for each hash, each number within its bounds.
func decode(phc string) (p Params, salt, key []byte, err error) {
	if len(phc) > maxPHC {
		return Params{}, nil, nil, errPHC
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return Params{}, nil, nil, errPHC
	}
	if p, err = decodeParams(parts[3]); err != nil {
		return Params{}, nil, nil, err
	}
	if salt, err = decodeBytes(parts[4], minSalt, maxSalt); err != nil {
		return Params{}, nil, nil, err
	}
	if key, err = decodeBytes(parts[5], minKey, maxKey); err != nil {
		return Params{}, nil, nil, err
	}
	return p, salt, key, nil
}

func decodeParams(s string) (Params, error) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return Params{}, errPHC
	}
	var numbers [3]uint64
	for i, prefix := range [...]string{"m=", "t=", "p="} {
		digits, found := strings.CutPrefix(fields[i], prefix)
		number, err := strconv.ParseUint(digits, 10, 32)
		if !found || err != nil || digits[0] == '0' {
			return Params{}, errPHC
		}
		numbers[i] = number
	}
	if numbers[2] > maxThreads {
		return Params{}, errCost
	}
	p := Params{MemoryKiB: uint32(numbers[0]), Time: uint32(numbers[1]), Threads: uint8(numbers[2])}
	return p, p.check()
}

func decodeBytes(s string, shortest, longest int) ([]byte, error) {
	raw, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") || len(raw) < shortest || len(raw) > longest {
		return nil, errPHC
	}
	return raw, nil
}
