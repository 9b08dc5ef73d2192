//go:build unix

package app

import (
	"path/filepath"
	"syscall"
)

// diskSpace gives the free and all the bytes of the disk that a folder is on; of one that is not there yet, of the one above.
func diskSpace(folder string) (free, all uint64, err error) {
	var stat syscall.Statfs_t
	for {
		if err = syscall.Statfs(folder, &stat); err == nil || filepath.Dir(folder) == folder {
			break
		}
		folder = filepath.Dir(folder)
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize), uint64(stat.Blocks) * uint64(stat.Bsize), err
}
