-- +goose Up
-- When the count of likes or of shares last changed, and what the host of the author says that they are.
ALTER TABLE post ADD COLUMN counted_at bigint NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN told_likes bigint NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN told_shares bigint NOT NULL DEFAULT 0;
CREATE INDEX post_counted_idx ON post (counted_at) WHERE counted_at <> 0;

-- +goose Down
DROP INDEX post_counted_idx;
ALTER TABLE post DROP COLUMN told_shares;
ALTER TABLE post DROP COLUMN told_likes;
ALTER TABLE post DROP COLUMN counted_at;
