package desk

import (
	"encoding/base64"
	"net/http"
)

// flashCookie carries what a form did to the page that comes next. It holds a sentence for the one who reads it, and opens
// nothing.
const flashCookie = "praxis_said"

// say leaves a sentence for the next page.
func (s *Server) say(v *visit, said string) {
	if said == "" {
		return
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(said)), Path: "/", MaxAge: 60,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: v.isSecure(s),
	})
}

// said gives the sentence that was left, once.
func (s *Server) said(v *visit) string {
	cookie, err := v.r.Cookie(flashCookie)
	if err != nil {
		return ""
	}
	http.SetCookie(v.w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: v.isSecure(s)})
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || len(text) > 1000 {
		return ""
	}
	return string(text)
}

func (v *visit) isSecure(s *Server) bool { return len(s.links.Base) > 5 && s.links.Base[:5] == "https" }
