-- +goose Up
CREATE TABLE backfill (
    community_id INTEGER PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    state        text NOT NULL DEFAULT 'running',
    threads      bigint NOT NULL DEFAULT 0,
    posts        bigint NOT NULL DEFAULT 0,
    requests     bigint NOT NULL DEFAULT 0,
    started_at   bigint NOT NULL,
    finished_at  bigint NOT NULL DEFAULT 0
);

CREATE TABLE backfill_item (
    id           INTEGER PRIMARY KEY,
    community_id bigint NOT NULL DEFAULT 0,
    kind         text NOT NULL,
    uri          text NOT NULL,
    state        text NOT NULL DEFAULT 'pending',
    attempts     bigint NOT NULL DEFAULT 0,
    next_try_at  bigint NOT NULL DEFAULT 0,
    updated_at   bigint NOT NULL,
    UNIQUE (community_id, uri)
);
CREATE INDEX backfill_item_due_idx ON backfill_item (state, id);

-- +goose Down
DROP TABLE backfill_item;
DROP TABLE backfill;
