// Package progress tells whoever waits for a long command how far it is: a bar on a terminal, and elsewhere a line now and then.
package progress
