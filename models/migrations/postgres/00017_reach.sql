-- +goose Up
CREATE INDEX follow_accepted_idx ON follow (target_id, state, accepted_at);

-- +goose Down
DROP INDEX follow_accepted_idx;
