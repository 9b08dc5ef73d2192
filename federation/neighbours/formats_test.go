package neighbours

import (
	"strings"
	"testing"
)

// TestFormats: what each program lists, with what is not its own left out.
func TestFormats(t *testing.T) {
	for program, answer := range map[string]string{
		"praxis": `[{"account":{"uri":"https://p.test/c/wounds","username":"wounds","display_name":"Wounds","followers_count":7},"domain":"Healing <b>them</b>","topics":["care"]},
			{"account":{"uri":"https://evil.test/c/x","username":"x"}},{"account":null},{"account":{"uri":"https://p.test/c/wounds","username":"wounds"}}]`,
		"lemmy": `{"communities":[{"community":{"actor_id":"https://p.test/c/wounds","name":"wounds","title":"Wounds","description":"Healing them"},"counts":{"subscribers":7}},
			{"community":{"actor_id":"https://evil.test/c/x","name":"x"}}]}`,
		"nodebb": `{"categories":[{"cid":5,"name":"Wounds","handle":"wounds","descriptionParsed":"<p>Healing them</p>"},{"cid":-1,"name":"World","handle":"world"},
			{"cid":"abc","name":"x","handle":"y"}]}`,
	} {
		listed, err := formats[program].read("p.test", []byte(answer))
		if err != nil || len(listed) != 1 {
			t.Errorf("%s: %+v, %v", program, listed, err)
			continue
		}
		got := listed[0]
		if got.Handle != "wounds@p.test" || got.Name != "Wounds" || !strings.Contains(got.About, "Healing them") || !strings.HasPrefix(got.URI, "https://p.test/") {
			t.Errorf("%s: %+v", program, got)
		}
	}
}

// FuzzFormats: whatever a host answers, nothing breaks and nothing is of another host.
func FuzzFormats(f *testing.F) {
	f.Add([]byte(`[{"account":{"uri":"https://p.test/c/a","username":"a"}}]`))
	f.Add([]byte(`{"communities":[{"community":{"actor_id":"https://p.test/c/a","name":"a"}}]}`))
	f.Add([]byte(`{"categories":[{"cid":1,"handle":"a"}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for program, format := range formats {
			listed, err := format.read("p.test", raw)
			if err != nil {
				continue
			}
			for _, c := range listed {
				if !strings.HasPrefix(c.URI, "https://p.test") && !strings.HasPrefix(c.URI, "http://p.test") {
					t.Errorf("%s lists %q of another host", program, c.URI)
				}
			}
		}
	})
}
