package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// limitFiles bounds how large the files of a process may grow, as a full disk does; -1 for no bound.
func limitFiles(t *testing.T, pid int, size int64) {
	t.Helper()
	const fileSize = 1 // RLIMIT_FSIZE
	limit := syscall.Rlimit{Cur: uint64(size), Max: ^uint64(0)}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), fileSize, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}

// request sends something as the member and gives the answer's status and body.
func (p *process) request(method, path, contentType string, body []byte) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.member.house.base+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+p.member.token)
	answer, err := demoClient("127.0.0.1:"+strconv.Itoa(p.port), p.member.house.roots).Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var said bytes.Buffer
	if _, err := said.ReadFrom(answer.Body); err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, said.String()
}

func (p *process) postText(text string) (status int, said string) {
	p.t.Helper()
	raw, err := json.Marshal(map[string]string{"status": text})
	if err != nil {
		p.t.Fatal(err)
	}
	return p.request(http.MethodPost, "/api/v1/statuses", "application/json", raw)
}

// uploadNoise sends a picture that does not pack.
func (p *process) uploadNoise() (status int, said string) {
	p.t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range 200 * 200 {
		picture.SetGray(i%200, i/200, color.Gray{Y: uint8(rand.IntN(256))})
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "noise.png")
	if err == nil {
		err = png.Encode(file, picture)
	}
	if err != nil || form.Close() != nil {
		p.t.Fatal(err)
	}
	return p.request(http.MethodPost, "/api/v2/media", form.FormDataContentType(), body.Bytes())
}

// TestH19_DiskIsFull: while neither the database nor files can grow, writing is answered with 503 and a word, reading goes
// on, nothing is half stored; and once there is room everything goes on by itself.
func TestH19_DiskIsFull(t *testing.T) {
	folder := t.TempDir()
	p := newProcess(t, "hospital", "ana", "PRAXIS_MEDIA_DIR="+folder, "PRAXIS_FFMPEG=off")
	p.start()
	if err := p.member.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, said := p.postText("There is room"); status != http.StatusOK {
		t.Fatalf("a post got %d: %s", status, said)
	}
	if status, said := p.uploadNoise(); status != http.StatusOK { // 202 would mean that it is still worked on
		t.Fatalf("an upload got %d: %s", status, said)
	}
	files := countFiles(t, folder)
	limitFiles(t, p.command.Process.Pid, 1024)
	for range 5 {
		if status, said := p.postText("No room"); status != http.StatusServiceUnavailable || !strings.Contains(said, "room") {
			t.Errorf("with a full disk a post got %d: %s", status, said)
		}
		if status, said := p.uploadNoise(); status != http.StatusServiceUnavailable {
			t.Errorf("with a full disk an upload got %d: %s", status, said)
		}
		if status, said := p.request(http.MethodGet, "/api/v1/timelines/home", "", nil); status != http.StatusOK || !strings.Contains(said, "There is room") {
			t.Errorf("with a full disk a reader got %d: %s", status, said)
		}
	}
	if now := countFiles(t, folder); now != files {
		t.Errorf("there were %d files and are %d", files, now)
	}
	limitFiles(t, p.command.Process.Pid, -1)
	if status, said := p.postText("Room again"); status != http.StatusOK {
		t.Errorf("with room again a post got %d: %s", status, said)
	}
	if status, said := p.uploadNoise(); status/100 != 2 {
		t.Errorf("with room again an upload got %d: %s", status, said)
	}
	if _, said := p.request(http.MethodGet, "/api/v1/timelines/home", "", nil); strings.Contains(said, "No room") || !strings.Contains(said, "Room again") {
		t.Errorf("home is %s", said)
	}
	if code := p.end(syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	well(t, p.environ, "backup", "--no-media", filepath.Join(t.TempDir(), "b.tar.gz")) // every row can be read
}

func countFiles(t *testing.T, folder string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
