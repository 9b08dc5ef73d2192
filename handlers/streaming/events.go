package streaming

import (
	"io"
	"net/http"
	"time"
)

// thump is a comment that keeps the connection alive, and lets the other side notice that it is not.
const thump = ":thump\n"

// serveEvents sends server-sent events until the client goes.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request, c *conn) {
	out := http.NewResponseController(w)
	// The server's limits are for requests that end.
	_ = out.SetReadDeadline(time.Time{})
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	write := func(text string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := io.WriteString(w, text); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	beat := time.NewTicker(s.cfg.Beat / 2)
	defer beat.Stop()
	for on := write(thump); on; {
		select {
		case <-c.ended:
			return
		case <-r.Context().Done():
			return
		case f := <-c.queue:
			on = write("event: " + f.event + "\ndata: " + f.payload + "\n\n") // JSON has no line breaks
		case <-beat.C:
			on = write(thump)
		}
	}
}
