// Package scim lets the directory of an organization say who has left (SCIM 2.0, RFC 7643 and 7644): as much of it as is needed to
// find somebody and to switch them off and on.
//
// Entry point: New makes a Server; Server.Routes adds /scim/v2. Users are the identities of one provider: nobody is made or removed
// here, since accounts are made by signing in and end by leaving.
//
// It must not import federation.
package scim
