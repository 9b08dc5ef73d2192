-- +goose Up
-- Most posts are no boosts and answer nothing. With these in the indexes, SQLite took "no boost" for a choice among few and
-- read all posts. What looks for boosts or for replies says that it means such: reblog_of_id <> 0, in_reply_to_uri <> ''.
DROP INDEX post_reblog_idx;
CREATE INDEX post_reblog_idx ON post (reblog_of_id, author_id) WHERE reblog_of_id <> 0;
DROP INDEX post_orphan_idx;
CREATE INDEX post_orphan_idx ON post (in_reply_to_uri) WHERE in_reply_to_uri <> '';

-- +goose Down
DROP INDEX post_reblog_idx;
CREATE INDEX post_reblog_idx ON post (reblog_of_id, author_id);
DROP INDEX post_orphan_idx;
CREATE INDEX post_orphan_idx ON post (in_reply_to_uri);
