package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, time.Unix(1, 0))
	for _, p := range parts {
		name, content, _ := strings.Cut(p, "=")
		if err := w.Add(name, int64(len(content)), strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPartsComeBack(t *testing.T) {
	raw := pack(t, "a.json={}", "tables/x/1=rows", "empty=")
	var sizes int64
	if err := Verify(bytes.NewReader(raw), func(n int64) { sizes += n }); err != nil || sizes != 6 {
		t.Errorf("verify: %v, %d bytes", err, sizes)
	}
	r, err := NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		part, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part.Name+"="+string(content))
	}
	if strings.Join(got, " ") != "a.json={} tables/x/1=rows empty=" {
		t.Errorf("got %q", got)
	}
}

// TestEveryCutIsSeen: wherever a copy broke off, and whatever byte of it changed, it is no backup.
func TestEveryCutIsSeen(t *testing.T) {
	raw := pack(t, "a=some content that is long enough", "b=more")
	for n := range raw {
		if err := Verify(bytes.NewReader(raw[:n]), func(int64) {}); !errors.Is(err, ErrBroken) {
			t.Errorf("cut after %d of %d bytes: %v", n, len(raw), err)
		}
	}
	for n := 10; n < len(raw); n++ { // the head of gzip holds nothing that matters
		changed := bytes.Clone(raw)
		changed[n] ^= 0x10
		if bytes.Equal(unpack(changed), unpack(raw)) {
			continue // another way to say the same
		}
		if err := Verify(bytes.NewReader(changed), func(int64) {}); !errors.Is(err, ErrBroken) {
			t.Errorf("byte %d of %d changed: %v", n, len(raw), err)
		}
	}
}

func unpack(raw []byte) []byte {
	pack, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	content, err := io.ReadAll(pack)
	if err != nil {
		return nil
	}
	return content
}

func TestNamesStayInside(t *testing.T) {
	w := NewWriter(io.Discard, time.Unix(1, 0))
	for _, name := range []string{"", "/etc/x", "../x", "a/../b", "a//b", "a\\b", "a/", ".", contentsName, strings.Repeat("x", 300)} {
		if err := w.Add(name, 0, strings.NewReader("")); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := w.Add("x", 5, strings.NewReader("four")); err == nil {
		t.Error("a part that is too short was taken")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(pack(f, "a=some content", "tables/b/1=more"))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := Verify(bytes.NewReader(raw), func(int64) {}); err != nil && !errors.Is(err, ErrBroken) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
