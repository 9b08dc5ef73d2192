package models

// DeleteNotificationsBetween removes what two actors did that the other was told, once one of them blocked the other.
func (tx *Tx) DeleteNotificationsBetween(a, b int64) error {
	err := tx.db.Where("(owner_id = ? AND actor_id = ?) OR (owner_id = ? AND actor_id = ?)", a, b, b, a).Delete(&Notification{}).Error
	return translate(err, "notifications")
}
