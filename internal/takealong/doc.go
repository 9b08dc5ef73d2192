// Package takealong reads and writes the lists that members carry from one server to another, as CSV files in the form of
// Mastodon: whom they follow, mute and block, their lists, hosts that they block, and bookmarks.
//
// It begins with Read and Write. It knows nothing of who is on the lists, and imports none of the storeys.
package takealong
