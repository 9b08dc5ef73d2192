// Package snowflake makes ids that sort by time: milliseconds since the Unix epoch, shifted left by 16 bits, with a
// sequence below them. They fit in a signed 64 bit integer until the year 6429 and are the ids that Mastodon clients
// expect.
//
// Entry point: New. The package imports nothing of this module.
package snowflake
