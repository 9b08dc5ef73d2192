package practice

import "praxis/models"

// heedBan: a sibling banned somebody. Where bans are mutual the Group of ours bans them, too; else its moderators are told, and
// decide.
func (s *Service) heedBan(tx *models.Tx, a *Act) error {
	return s.heedSibling(tx, a, func(pair *models.Sibling, ours *models.Actor) error {
		if honourOf(pair).Bans != BansMutual {
			said := "Moderators of the sibling " + nameOf(a.Community) + " banned @" + a.Target.Acct() + untilText(a.Until) + ". Ban them here, too, or leave it."
			return s.informModerators(tx, ours, withReason(said, a.Reason))
		}
		ban := Act{
			Moderator: ours, Community: ours, Target: a.Target, Until: a.Until, RemovePosts: a.RemovePosts, FromSibling: true,
			Reason: cutRunes("Banned from "+nameOf(a.Community)+": "+a.Reason, maxActReason),
		}
		return s.actIn(tx, &ban, s.ban)
	})
}

// heedUnban lifts what was a ban by agreement alone.
func (s *Service) heedUnban(tx *models.Tx, a *Act) error {
	return s.heedSibling(tx, a, func(pair *models.Sibling, ours *models.Actor) error {
		ban, err := tx.BanOf(ours.ID, a.Target)
		if err != nil || ban.ActorID != ours.ID || honourOf(pair).Bans != BansMutual {
			return ignoreMissing(err)
		}
		lifted := Act{Moderator: ours, Community: ours, Target: a.Target, Reason: "Lifted by " + nameOf(a.Community) + ".", FromSibling: true}
		return s.actIn(tx, &lifted, s.unban)
	})
}

// heedSibling does something for every Group of ours that has a live pair with the community of an act elsewhere.
func (s *Service) heedSibling(tx *models.Tx, a *Act, do func(pair *models.Sibling, ours *models.Actor) error) error {
	if a.Community.Local {
		return nil
	}
	pairs, err := tx.PairsWith(a.Community.URI, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range pairs {
		ours, err := tx.Actor(pairs[i].CommunityID)
		if err != nil {
			return err
		}
		if pairs[i].IsOver(tx.Now()) || ours.IsGone() {
			continue
		}
		moderator, err := tx.IsModerator(ours.ID, a.Target.ID)
		if err != nil {
			return err
		}
		if moderator { // whom we trust, others do not ban here
			continue
		}
		if err := do(&pairs[i], ours); err != nil {
			return err
		}
	}
	return nil
}
