-- +goose Up
-- Until when a sibling summed up what it took first, by its clock.
ALTER TABLE community_sibling ADD COLUMN sync_until bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE community_sibling DROP COLUMN sync_until;
