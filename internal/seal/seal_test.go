package seal

import "testing"

func TestSealedForOneOwnerAndPurpose(t *testing.T) {
	box, err := New(make([]byte, 32), "tokens")
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("hush", "ann")
	if got, err := box.Open(sealed, "ann"); err != nil || got != "hush" {
		t.Errorf("opened: %q %v", got, err)
	}
	if box.Seal("hush", "ann") == sealed {
		t.Error("the same is sealed alike twice")
	}
	other, err := New(make([]byte, 32), "codes")
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (string, error){
		"another owner":   func() (string, error) { return box.Open(sealed, "bo") },
		"another purpose": func() (string, error) { return other.Open(sealed, "ann") },
		"altered":         func() (string, error) { return box.Open(sealed[:len(sealed)-2]+"AA", "ann") },
		"no base64":       func() (string, error) { return box.Open("%", "ann") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, err := box.Open(box.Seal("", "ann"), "ann"); got != "" || err != nil {
		t.Errorf("nothing: %q %v", got, err)
	}
}
