-- +goose Up
-- When the agreement of a pair ended, and when what came through it alone was removed since then.
ALTER TABLE community_sibling ADD COLUMN ended_at bigint NOT NULL DEFAULT 0;
ALTER TABLE community_sibling ADD COLUMN cleared_at bigint NOT NULL DEFAULT 0;
UPDATE community_sibling SET ended_at = changed_at WHERE state = 'left' AND agreement <> '';
CREATE INDEX community_sibling_ended_idx ON community_sibling (ended_at) WHERE ended_at <> 0;

-- Where a community elsewhere gives signed copies of what its siblings have lost.
ALTER TABLE community ADD COLUMN copies_uri text NOT NULL DEFAULT '';

-- The community whose part another one is, by its name, and the moment of the split.
ALTER TABLE community ADD COLUMN based_on text NOT NULL DEFAULT '';

-- A community that closes here, or closed, and which sibling goes on with it.
CREATE TABLE community_closing (
    community_id  bigint PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    pair_id       bigint NOT NULL,
    successor_uri text NOT NULL,
    state         text NOT NULL,
    reason        text NOT NULL,
    offer_uri     text NOT NULL,
    asked_by      bigint NOT NULL,
    admitted_by   bigint NOT NULL,
    asked_at      bigint NOT NULL,
    closed_at     bigint NOT NULL
);

-- What authors of other hosts signed, as it came: it proves itself when their host is gone.
CREATE TABLE signed_copy (
    post_id    bigint PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    object_uri text NOT NULL UNIQUE,
    document   text NOT NULL,
    key_id     text NOT NULL,
    proven_at  bigint NOT NULL,
    kept_at    bigint NOT NULL
);

-- +goose Down
DROP TABLE signed_copy;
DROP TABLE community_closing;
ALTER TABLE community DROP COLUMN based_on;
ALTER TABLE community DROP COLUMN copies_uri;
DROP INDEX community_sibling_ended_idx;
ALTER TABLE community_sibling DROP COLUMN cleared_at;
ALTER TABLE community_sibling DROP COLUMN ended_at;
