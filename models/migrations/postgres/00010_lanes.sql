-- +goose Up
ALTER TABLE delivery ADD COLUMN faults bigint NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN next_try_at bigint NOT NULL DEFAULT 0;
DROP INDEX delivery_lane_idx;
CREATE INDEX delivery_pending_idx ON delivery (host, id) WHERE state = 'pending';
CREATE INDEX delivery_aside_idx ON delivery (host, next_try_at) WHERE state = 'aside';
CREATE INDEX delivery_host_idx ON delivery (host, id);

ALTER TABLE outbox_entry ADD COLUMN verb text NOT NULL DEFAULT '';
ALTER TABLE outbox_entry ADD COLUMN subject_uri text NOT NULL DEFAULT '';
CREATE INDEX outbox_entry_subject_idx ON outbox_entry (subject_uri) WHERE subject_uri <> '';

ALTER TABLE peer ADD COLUMN paused_at bigint NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN parked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN latency_ms bigint NOT NULL DEFAULT 0;

CREATE TABLE lease (
    name     text PRIMARY KEY,
    owner    text NOT NULL DEFAULT '',
    token    bigint NOT NULL DEFAULT 0,
    until_ms bigint NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE lease;
ALTER TABLE peer DROP COLUMN latency_ms;
ALTER TABLE peer DROP COLUMN parked_at;
ALTER TABLE peer DROP COLUMN paused_at;
DROP INDEX outbox_entry_subject_idx;
ALTER TABLE outbox_entry DROP COLUMN subject_uri;
ALTER TABLE outbox_entry DROP COLUMN verb;
DROP INDEX delivery_host_idx;
DROP INDEX delivery_aside_idx;
DROP INDEX delivery_pending_idx;
CREATE INDEX delivery_lane_idx ON delivery (host, state, id);
ALTER TABLE delivery DROP COLUMN next_try_at;
ALTER TABLE delivery DROP COLUMN faults;
