package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// object is a file of a bucket that is being read: whoever moves in it causes a request for the rest from there.
type object struct {
	bucket  *Bucket
	key     string
	ctx     context.Context // of who opened it; a Content has none of its own
	size    int64
	changed time.Time
	at      int64         // where the next byte is read
	body    io.ReadCloser // nil before a read after a move
	bodyAt  int64         // where body goes on
}

// read asks for what begins at offset.
func (o *object) read(offset int64) (minio.ObjectInfo, error) {
	options := minio.GetObjectOptions{}
	if offset > 0 {
		if err := options.SetRange(offset, 0); err != nil {
			return minio.ObjectInfo{}, err
		}
	}
	body, info, _, err := o.bucket.core.GetObject(o.ctx, o.bucket.bucket, o.key, options)
	if err != nil {
		return info, absent(err)
	}
	o.body, o.bodyAt = body, offset
	return info, nil
}

// Read reads on.
func (o *object) Read(p []byte) (int, error) {
	if o.at >= o.size {
		return 0, io.EOF
	}
	if o.body != nil && o.bodyAt != o.at {
		if err := o.Close(); err != nil {
			return 0, err
		}
	}
	if o.body == nil {
		if _, err := o.read(o.at); err != nil {
			return 0, err
		}
	}
	n, err := o.body.Read(p)
	o.at, o.bodyAt = o.at+int64(n), o.bodyAt+int64(n)
	if errors.Is(err, io.EOF) && o.at < o.size {
		err = io.ErrUnexpectedEOF // the store broke off
	}
	return n, err
}

// Seek moves; it asks for nothing.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	o.at = offset
	return offset, nil
}

// Close ends the reading.
func (o *object) Close() error {
	if o.body == nil {
		return nil
	}
	body := o.body
	o.body = nil
	return body.Close()
}

// ModTime says when the file was written.
func (o *object) ModTime() time.Time { return o.changed }
