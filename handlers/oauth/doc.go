// Package oauth is the authorization server for clients of the Mastodon API, and how people sign in: OAuth 2 with
// authorization codes (RFC 6749, PKCE of RFC 7636), client credentials, and where it is switched on the password grant;
// revocation (RFC 7009), metadata (RFC 8414), and the pages for signing in and for consent, in plain HTML.
//
// Entry point: New makes a Server. Server.Middleware finds out which browser session a request has, Server.Routes adds
// the routes, Server.Bearer tells whose token a request carries and Server.SignedIn who signed in by the browser.
// Server.Prune is to be called now and then.
//
// Which library does which part is decided in docs/adr/0008-authorization-server.md. It must not import federation, nor
// handlers other than page and respond.
package oauth
