package reconcile

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// Summary is what the header Collection-Synchronization says: the sum of those followers of an actor who live at the
// receiver, and where they are listed for it.
type Summary struct {
	CollectionID string // the whole followers collection
	URL          string // the part of it that is the receiver's
	Digest       string // see models.FollowerDigest
}

// String writes the header.
func (s Summary) String() string {
	return fmt.Sprintf(`collectionId="%s", url="%s", digest="%s"`, s.CollectionID, s.URL, s.Digest)
}

// maxAddress is the longest id or address that is read, as elsewhere.
const maxAddress = 2048

// ParseSummary reads the header, which has the form of the parameters of a draft-cavage signature. The error says what is
// wrong with it.
func ParseSummary(header string) (Summary, error) {
	params, err := sign.Params(header)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{CollectionID: params["collectionid"], URL: params["url"], Digest: strings.ToLower(params["digest"])}
	for _, address := range []string{s.CollectionID, s.URL} {
		if _, err := vocab.ParseIRI(address); err != nil || len(address) > maxAddress {
			return Summary{}, errors.New("collectionId or url is no address")
		}
	}
	if raw, err := hex.DecodeString(s.Digest); err != nil || len(raw) != 32 {
		return Summary{}, errors.New("digest is no SHA-256 in hex")
	}
	return s, nil
}
