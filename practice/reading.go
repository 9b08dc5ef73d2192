package practice

import (
	"context"

	"praxis/models"
)

// ReadUpTo remembers how far reader has read timelines, by the name of the timeline, and gives the new markers.
func (s *Service) ReadUpTo(ctx context.Context, reader *models.Actor, lastRead map[string]int64) ([]models.Marker, error) {
	var markers []models.Marker
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		markers = nil
		for timeline, id := range lastRead {
			marker, err := tx.PutMarker(reader.ID, timeline, id)
			if err != nil {
				return err
			}
			markers = append(markers, *marker)
		}
		return nil
	})
	return markers, err
}

// Dismiss removes one of reader's notifications, or all when id is 0. Errors: NotFound for one that reader does not
// have.
func (s *Service) Dismiss(ctx context.Context, reader *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if id != 0 {
			if _, err := tx.Notification(reader.ID, id); err != nil {
				return err
			}
		}
		return tx.DeleteNotifications(reader.ID, id)
	})
}

// DismissGroup removes the notifications of a group; without any it changes nothing.
func (s *Service) DismissGroup(ctx context.Context, reader *models.Actor, group models.NotificationGroup) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteNotificationGroup(reader.ID, group) })
}
