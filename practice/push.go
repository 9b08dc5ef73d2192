package practice

import (
	"context"

	"praxis/models"
)

// SubscribePush stores where a client wants to be told of notifications, in the place of what its token had before.
func (s *Service) SubscribePush(ctx context.Context, subscription *models.PushSubscription) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.PutPushSubscription(subscription) })
}

// TunePush changes what the client of a token wants to be told. Errors: NotFound without a subscription.
func (s *Service) TunePush(ctx context.Context, tokenHash, alerts, policy string) (*models.PushSubscription, error) {
	var subscription *models.PushSubscription
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if subscription, err = tx.PushSubscriptionOf(tokenHash); err != nil {
			return err
		}
		subscription.Alerts, subscription.Policy = alerts, policy
		return tx.SavePushSubscription(subscription)
	})
	return subscription, err
}

// UnsubscribePush ends the subscription of a token; without one it changes nothing.
func (s *Service) UnsubscribePush(ctx context.Context, tokenHash string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeletePushSubscriptionOf(tokenHash) })
}
