package reconcile

import (
	"strings"
	"testing"

	"praxis/models"
)

var good = Summary{
	CollectionID: "https://peer.test/users/ana/followers", URL: "https://peer.test/users/ana/followers_synchronization",
	Digest: models.FollowerDigest([]string{"https://home.test/u/bo"}),
}

func TestSummaries(t *testing.T) {
	written := good.String()
	for _, said := range []string{
		written, strings.ReplaceAll(written, ", ", ","), strings.ReplaceAll(written, good.Digest, strings.ToUpper(good.Digest)),
		written + `, more="things"`, strings.Replace(written, "collectionId", "collectionid", 1),
	} {
		if got, err := ParseSummary(said); err != nil || got != good {
			t.Errorf("%s: got %+v, %v", said, got, err)
		}
	}
	for _, said := range []string{
		"", "x", `collectionId="https://peer.test/f"`, written + `, url="https://peer.test/other"`,
		strings.Replace(written, good.Digest, good.Digest[2:], 1), strings.Replace(written, good.Digest, strings.Repeat("g", 64), 1),
		strings.Replace(written, good.URL, "ftp://peer.test/x", 1), strings.Replace(written, good.URL, "/relative", 1),
		strings.Replace(written, good.CollectionID, "https://peer.test/"+strings.Repeat("x", 2048), 1),
		written + strings.Repeat(" ", 9000), strings.TrimSuffix(written, `"`),
	} {
		if got, err := ParseSummary(said); err == nil {
			t.Errorf("%.100s: got %+v", said, got)
		}
	}
}

func FuzzSummary(f *testing.F) {
	f.Add(good.String())
	f.Add(`collectionId=x,url="y",digest=z`)
	f.Add("digest=\"\x00\"")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseSummary(text)
		if err != nil {
			return
		}
		if again, err := ParseSummary(read.String()); err != nil || again != read {
			t.Errorf("%q is read as %+v, and that as %+v, %v", text, read, again, err)
		}
	})
}
