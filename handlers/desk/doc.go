// Package desk is the admin's desk: pages at /admin for those who look after the instance, and at /c/NAME/settings for
// conveners. Everything works without JavaScript.
//
// Entry point: New makes a Server; Server.Routes adds its addresses. A part of the desk is one file that gives a section:
// its place in the navigation, the right that it needs, and its pages. A page gives a screen, which is made of parts
// (facts, tables, forms), and names its forms with what each of them does. One table, in sections.go, lists all sections;
// one place, Server.admit, asks for roles.
//
// Handlers carry out nothing by themselves: every form ends in a verb of practice.
//
// It must not import federation other than pact, or packages of handlers other than page and respond.
package desk
