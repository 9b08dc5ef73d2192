package media

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// s3Variable names the environment variable with the address of a real S3-compatible store, in which the tests then make a
// bucket of this name with these keys.
const (
	s3Variable = "PRAXIS_TEST_S3"
	s3Bucket   = "praxis-test"
	s3Key      = "praxis"
	s3Secret   = "praxis-secret"
)

// fakeS3 answers as an S3-compatible store does, with the bucket in the path, and refuses requests that are not signed.
type fakeS3 struct {
	t     *testing.T
	mu    sync.Mutex
	files map[string][]byte
	down  bool
	asked int
}

func (s *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+s3Key+"/") &&
		strings.Contains(r.Header.Get("Authorization"), "Signature=") && r.Header.Get("X-Amz-Date") != ""
	_, known := s.files[key]
	switch {
	case s.down:
		s.fail(w, http.StatusServiceUnavailable, "SlowDown")
	case !signed:
		s.fail(w, http.StatusForbidden, "AccessDenied")
	case bucket != s3Bucket:
		s.fail(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		s.put(w, r, key)
	case r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		s.list(w, r)
	case r.Method == http.MethodDelete:
		delete(s.files, key)
		w.WriteHeader(http.StatusNoContent)
	case !known:
		s.fail(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(s.files[key]))
	}
}

// put takes plain bodies that are what their sum says.
func (s *fakeS3) put(w http.ResponseWriter, r *http.Request, key string) {
	raw, err := io.ReadAll(r.Body)
	_, sum, measured := measure(bytes.NewReader(raw))
	if err != nil || measured != nil || r.Header.Get("X-Amz-Content-Sha256") != sum || int64(len(raw)) != r.ContentLength {
		s.fail(w, http.StatusBadRequest, "XAmzContentSHA256Mismatch")
		return
	}
	s.files[key] = raw
	w.Header().Set("ETag", `"1"`)
}

func (s *fakeS3) fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>said the store</Message></Error>", code)
}

// list gives two keys at a time, so that whoever lists has to ask on.
func (s *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type entry struct {
		Key          string
		LastModified string
		Size         int
	}
	var answer struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []entry
	}
	for key, raw := range s.files {
		if strings.HasPrefix(key, r.URL.Query().Get("prefix")) && key > r.URL.Query().Get("continuation-token") {
			answer.Contents = append(answer.Contents, entry{key, "2026-01-01T00:00:00.000Z", len(raw)})
		}
	}
	slices.SortFunc(answer.Contents, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	if len(answer.Contents) > 2 {
		answer.Contents, answer.IsTruncated = answer.Contents[:2], true
		answer.NextContinuationToken = answer.Contents[1].Key
	}
	if err := xml.NewEncoder(w).Encode(answer); err != nil {
		s.t.Error(err)
	}
}

func newFakeS3(t *testing.T) (*fakeS3, string) {
	t.Helper()
	fake := &fakeS3{t: t, files: map[string][]byte{}}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return fake, strings.TrimPrefix(server.URL, "http://")
}

func newBucket(t *testing.T, address string, change ...func(*BucketConfig)) *Bucket {
	t.Helper()
	cfg := BucketConfig{
		Address: address, Bucket: s3Bucket, Region: "us-east-1", AccessKey: s3Key, SecretKey: s3Secret, Prefix: "some/where/", PathStyle: true,
	}
	for _, f := range change {
		f(&cfg)
	}
	bucket, err := NewBucket(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// TestStores: a bucket does what a folder does.
func TestStores(t *testing.T) {
	t.Run("folder", func(t *testing.T) { tryStore(t, NewFolder(t.TempDir())) })
	t.Run("bucket", func(t *testing.T) {
		fake, address := newFakeS3(t)
		fake.files["some/where/else.txt"], fake.files["other"] = []byte("x"), []byte("y")
		tryStore(t, newBucket(t, address))
	})
	if address := os.Getenv(s3Variable); address != "" {
		t.Run("real", func(t *testing.T) { tryStore(t, newBucket(t, address)) })
	}
}

func tryStore(t *testing.T, store Store) {
	t.Helper()
	ctx := t.Context()
	content := bytes.Repeat([]byte("0123456789"), 50_000)
	seekable, stream, empty := NewName(".png"), NewName(".mp4"), NewName(".jpg")
	for name, reader := range map[string]io.Reader{
		seekable: bytes.NewReader(content), stream: iotest.OneByteReader(bytes.NewReader(content[:1000])), empty: strings.NewReader(""),
	} {
		if _, err := store.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before it was put: %v", err)
		}
		if err := store.Put(ctx, name, reader); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	if err := store.Each(ctx, func(name string) error { names = append(names, name); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{seekable, stream, empty}
	slices.Sort(want)
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("there are %q, want %q", names, want)
	}
	enough := errors.New("enough")
	if err := store.Each(ctx, func(string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("a visit that ends gave %v", err)
	}
	for name, want := range map[string][]byte{seekable: content, stream: content[:1000], empty: {}} {
		tryFile(t, store, name, want)
	}
	for _, name := range append(want, want[0]) {
		if err := store.Delete(ctx, name); err != nil {
			t.Error(err)
		}
		if _, err := store.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after it was deleted: %v", err)
		}
	}
	for _, bad := range []string{"", "../x.png", "a/b.png", strings.ToUpper(seekable)} {
		if err := store.Put(ctx, bad, strings.NewReader("x")); err == nil {
			t.Errorf("%q was taken for a name", bad)
		}
		if _, err := store.Open(ctx, bad); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// tryFile reads a file as web servers do: its size, parts of it, all of it.
func tryFile(t *testing.T, store Store, name string, want []byte) {
	t.Helper()
	file, err := store.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.ModTime().IsZero() {
		t.Error("a file has no time")
	}
	if err := iotest.TestReader(file, want[:min(len(want), 2000)]); err != nil && len(want) <= 2000 {
		t.Error(err)
	}
	if size, err := file.Seek(0, io.SeekEnd); err != nil || size != int64(len(want)) {
		t.Errorf("size %d, %v", size, err)
	}
	for _, from := range []int64{0, int64(len(want) / 3), int64(len(want))} {
		if _, err := file.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(file); err != nil || !bytes.Equal(rest, want[from:]) {
			t.Errorf("from %d: %d bytes, %v", from, len(rest), err)
		}
	}
	if _, err := file.Seek(-1, io.SeekStart); err == nil {
		t.Error("a place before the beginning was found")
	}
}

// TestReadingAFileIsOneRequest: the size of a file comes with its content.
func TestReadingAFileIsOneRequest(t *testing.T) {
	fake, address := newFakeS3(t)
	bucket, name := newBucket(t, address), NewName(".png")
	if err := bucket.Put(t.Context(), name, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	before := fake.asked
	file, err := bucket.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	http.ServeContent(answer, httptest.NewRequest(http.MethodGet, "/", nil), name, file.ModTime(), file)
	if answer.Body.String() != "content" || fake.asked != before+1 {
		t.Errorf("%q after %d requests", answer.Body, fake.asked-before)
	}
}

// TestH20_StoreIsDown: what cannot be asked is not taken for absent, a wrong key or bucket neither.
func TestH20_StoreIsDown(t *testing.T) {
	fake, address := newFakeS3(t)
	name := NewName(".png")
	if err := newBucket(t, address).Put(t.Context(), name, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	for what, bucket := range map[string]*Bucket{
		"no bucket":  newBucket(t, address, func(c *BucketConfig) { c.Bucket = "another" }),
		"wrong key":  newBucket(t, address, func(c *BucketConfig) { c.AccessKey = "stranger" }),
		"no server":  newBucket(t, "127.0.0.1:1"),
		"it is down": newBucket(t, address),
	} {
		fake.mu.Lock()
		fake.down = what == "it is down"
		fake.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		for _, err := range []error{
			bucket.Put(ctx, NewName(".png"), strings.NewReader("x")), opened(ctx, bucket, name),
			bucket.Each(ctx, func(string) error { return nil }),
		} {
			if err == nil || errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		cancel()
	}
}

func opened(ctx context.Context, store Store, name string) error {
	file, err := store.Open(ctx, name)
	if err != nil {
		return err
	}
	return file.Close()
}
