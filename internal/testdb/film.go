package testdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// FFmpeg skips the test where ffmpeg is not installed, or lets it fail when PRAXIS_TEST_REQUIRE contains it.
func FFmpeg(t testing.TB) {
	t.Helper()
	Tool(t, "ffmpeg", "ffmpeg")
	Tool(t, "ffprobe", "ffmpeg")
}

// Moving and Sounding are inputs of one second for Film: a test picture of 64 by 48 pixels, and a tone.
func Moving() []string { return []string{"-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=10"} }

// Sounding is the tone.
func Sounding() []string { return []string{"-f", "lavfi", "-i", "sine=d=1"} }

// Film has ffmpeg make a file with an ending such as ".mp4", by arguments of which some are inputs.
func Film(t testing.TB, ending string, args ...[]string) []byte {
	t.Helper()
	FFmpeg(t)
	path := filepath.Join(t.TempDir(), "film"+ending)
	all := []string{"-hide_banner", "-nostdin", "-v", "error"}
	for _, part := range args {
		all = append(all, part...)
	}
	if said, err := exec.CommandContext(t.Context(), "ffmpeg", append(all, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, said)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
