// Package takeout makes archives of all that is a member's own: what they wrote, with its files, whom they follow, their lists and
// bookmarks, and the record of their contributions. Nothing of others goes into one but what is public of them: names and addresses.
//
// It begins with New; Worker.Step makes the archives that wait. It asks no other host.
package takeout
