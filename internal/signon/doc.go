// Package signon speaks OpenID Connect with the sign-in of an organization: it sends people there, takes the code that they
// bring back, checks what the provider says of them, asks later whether it still stands by it, and reads its logout tokens.
//
// Entry point: New makes a Provider; Provider.AuthURL, Exchange, Refresh and ReadLogout are the parts of a life with it.
//
// It stores nothing and knows no accounts. It must not import anything of Praxis but other packages of internal.
package signon
