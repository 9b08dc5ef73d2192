// Package password keeps passwords as argon2id hashes in the PHC string format.
//
// Entry points: Hash, Verify, and Waste for a user that does not exist. A hash costs Params.MemoryKiB of memory while it
// is computed: callers bound how many they compute at once, which is a limit on sign-in attempts.
//
// The package imports nothing of this module and knows no users.
package password
