-- +goose Up
-- Who takes up the threads of a sibling that is lost: who it came to be.
ALTER TABLE community_sibling ADD COLUMN adopter_uri text NOT NULL DEFAULT '';
-- The digest that it last sent of what it took first, and what was found when it was compared.
ALTER TABLE community_sibling ADD COLUMN sync_digest text NOT NULL DEFAULT '';
ALTER TABLE community_sibling ADD COLUMN sync_url text NOT NULL DEFAULT '';
ALTER TABLE community_sibling ADD COLUMN sync_due_at bigint NOT NULL DEFAULT 0;
ALTER TABLE community_sibling ADD COLUMN sync_tries bigint NOT NULL DEFAULT 0;

-- Who signed that a sibling is lost.
CREATE TABLE sibling_loss (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    lost_uri     text NOT NULL,
    by_uri       text NOT NULL,
    activity     text NOT NULL,
    created_at   bigint NOT NULL,
    UNIQUE (community_id, lost_uri, by_uri)
);
CREATE INDEX admission_community_post_idx ON admission (community_id, post_id);
CREATE INDEX community_sibling_sync_idx ON community_sibling (sync_due_at) WHERE sync_due_at <> 0;

-- +goose Down
DROP INDEX community_sibling_sync_idx;
DROP INDEX admission_community_post_idx;
DROP TABLE sibling_loss;
ALTER TABLE community_sibling DROP COLUMN sync_tries;
ALTER TABLE community_sibling DROP COLUMN sync_due_at;
ALTER TABLE community_sibling DROP COLUMN sync_url;
ALTER TABLE community_sibling DROP COLUMN sync_digest;
ALTER TABLE community_sibling DROP COLUMN adopter_uri;
