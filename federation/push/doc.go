// Package push sends notifications to the push services of members' clients (Web Push, RFC 8030): what models queued in
// the transaction of the notification, encrypted for the one client, with patience for services that fail.
//
// Entry points: New makes a Pusher, Run works until its context ends, Step does one round. A Pusher also checks and seals
// what a subscription brings. Nothing of a message, and no whole endpoint, which is a secret, is ever logged.
package push
