// Package hostlist reads and writes the lists of hosts that admins exchange.
package hostlist
