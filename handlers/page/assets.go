package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gorilla/mux"

	"praxis/models"
)

//go:embed assets/*
var assetFiles embed.FS

// assetTypes are the media types of what pages load, by the ending.
var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

// assets are files that never change under their address, which holds a part of their hash.
type assets struct {
	addresses map[string]string // "style.css" -> "/assets/style.0123456789ab.css"
	files     map[string]asset  // by the last part of the address
}

type asset struct {
	mediaType string
	body      []byte
}

func loadAssets() assets {
	loaded := assets{addresses: map[string]string{}, files: map[string]asset{}}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // an embedded folder is there
	}
	for _, entry := range entries {
		body, err := fs.ReadFile(assetFiles, "assets/"+entry.Name())
		if err != nil {
			panic(err)
		}
		ending := path.Ext(entry.Name())
		hash := sha256.Sum256(body)
		name := strings.TrimSuffix(entry.Name(), ending) + "." + hex.EncodeToString(hash[:6]) + ending
		loaded.addresses[entry.Name()] = "/assets/" + name
		loaded.files[name] = asset{mediaType: assetTypes[ending], body: body}
	}
	return loaded
}

// url gives the address of an asset, for templates.
func (a assets) url(name string) string { return a.addresses[name] }

// Routes adds /assets/….
func (r *Renderer) Routes(router *mux.Router) {
	router.HandleFunc("/assets/{file}", r.getAsset).Methods(http.MethodGet, http.MethodHead)
}

func (r *Renderer) getAsset(w http.ResponseWriter, req *http.Request) {
	file, ok := r.assets.files[mux.Vars(req)["file"]]
	if !ok {
		r.Error(w, req, models.Errorf(models.NotFound, "There is no such file."))
		return
	}
	w.Header().Set("Content-Type", file.mediaType)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(file.body)
}
