package mastodon

import (
	"net/http"
	"slices"
	"time"

	"praxis/models"
)

func markerRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/markers", getMarkers, readStatuses),
		member(http.MethodPost, "/api/v1/markers", postMarkers, writeStatuses),
	}
}

// marker is Mastodon's Marker: how far a member has read.
type marker struct {
	LastReadID string `json:"last_read_id"`
	Version    int64  `json:"version"`
	UpdatedAt  string `json:"updated_at"`
}

// The timelines that have a marker.
const (
	homeMarker          = "home"
	notificationsMarker = "notifications"
)

// getMarkers answers for every timeline that is asked for: a client fails in a page for one that is left out.
func getMarkers(c *call) (any, error) {
	var ask struct {
		Timeline []string `mapstructure:"timeline"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	shown := map[string]marker{}
	for _, timeline := range ask.Timeline {
		if isMarked(timeline) {
			shown[timeline] = marker{LastReadID: "0", UpdatedAt: time.Unix(0, 0).UTC().Format(dateLayout)}
		}
	}
	stored, err := c.tx.Markers(c.viewer(), ask.Timeline)
	for i := range stored {
		shown[stored[i].Timeline] = showMarker(&stored[i])
	}
	return shown, err
}

func isMarked(timeline string) bool {
	return slices.Contains([]string{homeMarker, notificationsMarker}, timeline)
}

func showMarker(m *models.Marker) marker {
	return marker{LastReadID: formatID(m.LastReadID), Version: m.Version, UpdatedAt: date(m.UpdatedAt)}
}

func postMarkers(c *call) (any, error) {
	type position struct {
		LastReadID string `mapstructure:"last_read_id"`
	}
	var ask struct {
		Home          position `mapstructure:"home"`
		Notifications position `mapstructure:"notifications"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	lastRead := map[string]int64{}
	for timeline, at := range map[string]position{homeMarker: ask.Home, notificationsMarker: ask.Notifications} {
		if at.LastReadID == "" {
			continue
		}
		id, err := parseID(at.LastReadID)
		if err != nil {
			return nil, models.FieldErrorf(timeline, "Validation failed: last_read_id of %s is no id", timeline)
		}
		lastRead[timeline] = id
	}
	stored, err := c.s.service.ReadUpTo(c.ctx(), c.me(), lastRead)
	shown := map[string]marker{}
	for i := range stored {
		shown[stored[i].Timeline] = showMarker(&stored[i])
	}
	return shown, err
}
