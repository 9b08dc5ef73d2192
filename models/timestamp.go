package models

import "time"

// Timestamp is a moment in Unix milliseconds; 0 means never. Both databases store it as an integer, so that neither
// time zones nor text formats come between them.
type Timestamp int64

// At gives the Timestamp of t; the zero time gives 0.
func At(t time.Time) Timestamp {
	if t.IsZero() {
		return 0
	}
	return Timestamp(t.UnixMilli())
}

// Time gives the moment in UTC; the zero time for 0.
func (t Timestamp) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// IsZero reports whether it never happened.
func (t Timestamp) IsZero() bool { return t == 0 }

// Add moves the moment by d.
func (t Timestamp) Add(d time.Duration) Timestamp { return t + Timestamp(d.Milliseconds()) }

// Since gives how long ago an earlier moment was; for ever where it never happened.
func (t Timestamp) Since(earlier Timestamp) time.Duration {
	return time.Duration(t-earlier) * time.Millisecond
}
