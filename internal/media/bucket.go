package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// BucketConfig names a bucket of an S3-compatible store.
type BucketConfig struct {
	Address              string // "host" or "host:port"
	Secure               bool   // https
	Bucket, Region       string
	AccessKey, SecretKey string
	Prefix               string // what the names of all objects begin with; "" for nothing
	PathStyle            bool   // the bucket in the path instead of in the host name
}

// Bucket keeps files in a bucket of an S3-compatible store, under the names that a folder would give them.
type Bucket struct {
	core   minio.Core
	bucket string
	prefix string
}

const (
	// How long a store may let one wait: whoever waits is a person with an upload, or a page with its pictures.
	bucketDial   = 5 * time.Second
	bucketAnswer = 20 * time.Second
	bucketPut    = 80 * time.Second
	// bucketTries is how often a request is tried that failed for a reason that may pass.
	bucketTries = 3
)

// NewBucket gives the Store of a bucket. It connects to nothing: a store that is down costs only what needs files.
func NewBucket(cfg BucketConfig) (*Bucket, error) {
	lookup := minio.BucketLookupAuto
	if cfg.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(cfg.Address, &minio.Options{
		Creds: credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""), Secure: cfg.Secure, Region: cfg.Region,
		BucketLookup: lookup, MaxRetries: bucketTries, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: bucketDial}).DialContext,
			TLSHandshakeTimeout: bucketDial, ResponseHeaderTimeout: bucketAnswer, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 32,
			DisableCompression: true, // it would hide sizes
		},
	})
	if err != nil {
		return nil, fmt.Errorf("the S3 store: %w", err)
	}
	return &Bucket{minio.Core{Client: client}, cfg.Bucket, cfg.Prefix}, nil
}

func (b *Bucket) key(name string) string { return b.prefix + place(name) }

// Put writes a file whole or not at all, as objects are. Its sum is sent along, so that what arrives is what was sent.
func (b *Bucket) Put(ctx context.Context, name string, content io.Reader) (err error) {
	if !IsName(name) {
		return fmt.Errorf("keep file: %q is no name of a file", name)
	}
	seekable, clean, err := rewindable(content)
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	defer func() { err = errors.Join(err, clean()) }()
	size, sum, err := measure(seekable)
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, bucketPut)
	defer cancel()
	_, err = b.core.PutObject(ctx, b.bucket, b.key(name), seekable, size, "", sum,
		minio.PutObjectOptions{DisableContentSha256: true, ContentType: TypeOf(name)}) // the sum is known: no need to make it in pieces
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	return nil
}

// rewindable gives content that can be read again from where it is: a try that failed begins anew.
func rewindable(content io.Reader) (io.ReadSeeker, func() error, error) {
	if seekable, ok := content.(io.ReadSeeker); ok {
		return seekable, func() error { return nil }, nil
	}
	file, err := os.CreateTemp("", "praxis-")
	if err != nil {
		return nil, nil, err
	}
	clean := func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }
	if _, err = io.Copy(file, content); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, nil, errors.Join(err, clean())
	}
	return file, clean, nil
}

func measure(content io.ReadSeeker) (size int64, sum string, err error) {
	begin, err := content.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	if size, err = io.Copy(hash, content); err != nil {
		return 0, "", err
	}
	_, err = content.Seek(begin, io.SeekStart)
	return size, hex.EncodeToString(hash.Sum(nil)), err
}

// Open gives a kept file. It asks for the whole of it: most files are small, and are read from their beginning.
func (b *Bucket) Open(ctx context.Context, name string) (Content, error) {
	if !IsName(name) {
		return nil, fs.ErrNotExist
	}
	o := &object{bucket: b, key: b.key(name), ctx: ctx}
	info, err := o.read(0)
	if err != nil {
		return nil, err
	}
	o.size, o.changed = info.Size, info.LastModified
	return o, nil
}

// Delete forgets a file.
func (b *Bucket) Delete(ctx context.Context, name string) error {
	if !IsName(name) {
		return nil
	}
	err := absent(b.core.RemoveObject(ctx, b.bucket, b.key(name), minio.RemoveObjectOptions{}))
	return ignoreAbsent(err)
}

// Each visits the objects of the bucket that begin with the prefix and are called as files are.
func (b *Bucket) Each(ctx context.Context, visit func(name string) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing, too, when visit gives an error
	defer cancel()
	options := minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}
	for info := range b.core.Client.ListObjects(ctx, b.bucket, options) {
		if info.Err != nil {
			return fmt.Errorf("list files: %w", info.Err)
		}
		name := path.Base(info.Key)
		if !IsName(name) || info.Key != b.key(name) {
			continue
		}
		if err := visit(name); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// absent gives fs.ErrNotExist for an object that is not there. A bucket that is not there is another fault.
func absent(err error) error {
	if err != nil && minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return fs.ErrNotExist
	}
	return err
}
