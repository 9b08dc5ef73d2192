package app

import (
	"praxis/internal/config"
	"praxis/internal/media"
)

// mediaStore gives where the files of an instance are.
func mediaStore(cfg config.Config) (media.Store, error) {
	address, secure := cfg.S3Address()
	if address == "" {
		return media.NewFolder(cfg.MediaDir), nil
	}
	return media.NewBucket(media.BucketConfig{
		Address: address, Secure: secure, Bucket: cfg.S3Bucket, Region: cfg.S3Region, AccessKey: cfg.S3AccessKey,
		SecretKey: cfg.S3SecretKey, Prefix: cfg.S3Prefix, PathStyle: cfg.S3PathStyle,
	})
}
