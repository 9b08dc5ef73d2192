// Package mail sends plain letters through a mail server by SMTP.
//
// It begins with New; Sender.Send sends one letter and tells whether trying again makes sense. The package knows nothing of
// accounts and keeps nothing: whoever sends decides about queues and repetitions. It imports none of the storeys.
package mail
