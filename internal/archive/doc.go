// Package archive reads and writes the file that a backup is: a tar, packed with gzip, of named parts, and at its end a list
// of them with their sums, so that a file that was cut off or changed is known as one. It knows nothing of what the parts mean.
package archive
