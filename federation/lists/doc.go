// Package lists looks, once a day, at the lists of hosts that admins subscribed to, and hands over what they hold.
//
// Entry points: New, Worker.Run, Step and Read. It may import federation/fetch, practice, models and internal.
package lists
