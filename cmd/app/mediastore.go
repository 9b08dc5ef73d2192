package app

import (
	"praxis/internal/config"
	"praxis/internal/media"
)

// mediaStore gives where the files of an instance are.
func mediaStore(cfg config.Config) (media.Store, error) {
	return media.NewFolder(cfg.MediaDir), nil
}
