package files

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"praxis/internal/media"
)

// contentPolicy lets a file that is opened by itself do nothing at all.
const contentPolicy = "default-src 'none'; sandbox"

// Routes adds /media/{name}, for the files of a store.
func Routes(router *mux.Router, store media.Store, log *slog.Logger) {
	f := &files{store, log}
	router.HandleFunc("/media/{name}", f.get).Methods(http.MethodGet, http.MethodHead)
}

type files struct {
	store media.Store
	log   *slog.Logger
}

// get answers with a file or a part of it. The content of a name never changes.
func (f *files) get(w http.ResponseWriter, r *http.Request) {
	name := mux.Vars(r)["name"]
	header := w.Header()
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")
	kind := media.TypeOf(name)
	if kind == "" || !media.IsName(name) {
		fail(w, http.StatusNotFound, "There is no such file.")
		return
	}
	file, err := f.store.Open(r.Context(), name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fail(w, http.StatusNotFound, "There is no such file.")
		return
	case err != nil:
		f.log.ErrorContext(r.Context(), "file not read", "file", name, "error", err)
		header.Set("Retry-After", "30")
		fail(w, http.StatusServiceUnavailable, "The file cannot be read at the moment.")
		return
	}
	defer func() { _ = file.Close() }()
	header.Set("Content-Type", kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("ETag", `"`+name+`"`)
	http.ServeContent(w, r, "", file.ModTime(), file)
}

func fail(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
