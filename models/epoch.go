package models

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// The settings that tell one life of an instance from another.
const (
	SettingEpoch    = "epoch"       // which life of the database this is: a number and a mark, see Epoch
	SettingRestored = "restored_at" // when it was restored from a backup; absent where it never was
	SettingBackup   = "restored_of" // and of when that backup was
)

// Epoch gives the life of the database: its number grows with every restore, and its mark tells apart two that were restored
// from one backup. A process that finds another one than it began with must stop: what it knows is of before.
func (tx *Tx) Epoch() (string, error) { return tx.settle(SettingEpoch, nextEpoch("")) }

// nextEpoch gives the epoch after one; the first after "".
func nextEpoch(before string) string {
	number, _, _ := strings.Cut(before, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		n = 0
	}
	return fmt.Sprintf("%d %s", n+1, strings.ToLower(rand.Text()[:12]))
}

// RestoredFrom tells of which moment the backup was from which the database was restored, and when that was; 0 where it
// never was.
func (tx *Tx) RestoredFrom() (backup, restored Timestamp, err error) {
	for key, at := range map[string]*Timestamp{SettingBackup: &backup, SettingRestored: &restored} {
		value, err := tx.Setting(key)
		if err != nil {
			return 0, 0, err
		}
		if value == "" {
			continue
		}
		ms, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("setting %s: %w", key, err)
		}
		*at = Timestamp(ms)
	}
	return backup, restored, nil
}

// Reserve makes this process the only one that serves, or fills, the database at url, until release is called or the process
// ends. Errors: Conflict when another one has it. It concerns SQLite alone: several may serve one PostgreSQL.
func Reserve(url string) (release func() error, err error) {
	_, dialect, err := dialectorFor(url)
	if err != nil {
		return nil, err
	}
	if dialect != dialectSQLite {
		return func() error { return nil }, nil
	}
	path := realPath(sqlitePath(url))
	file, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, Errorf(Unavailable, "reserve the database: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := readHolder(file)
		_ = file.Close()
		return nil, Errorf(Conflict, "another process%s serves the database %s: stop it first", holder, path)
	}
	// The file stays, as that of migrations does, and its text is only for people: the lock is what counts.
	_ = file.Truncate(0)
	_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return file.Close, nil
}

func readHolder(file *os.File) string {
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, 0)
	if _, err := strconv.Atoi(strings.TrimSpace(string(text[:n]))); err != nil {
		return ""
	}
	return " (" + strings.TrimSpace(string(text[:n])) + ")"
}

// CurrentEpoch reads the epoch, for whoever watches whether it is still the one that it began with.
func (s *Store) CurrentEpoch(ctx context.Context) (string, error) {
	return s.Read(ctx).Setting(SettingEpoch)
}
