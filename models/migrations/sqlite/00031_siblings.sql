-- +goose Up
-- The name that a community has at all of its hosts; '' while it has one host only.
ALTER TABLE community ADD COLUMN urn text NOT NULL DEFAULT '';
CREATE INDEX community_urn_idx ON community (urn) WHERE urn <> '';

-- What a Group of ours and one at another host have agreed on: one row for each pair.
CREATE TABLE community_sibling (
    id INTEGER PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    sibling_id   bigint NOT NULL DEFAULT 0,
    sibling_uri  text NOT NULL,
    host         text NOT NULL,
    state        text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    ours         boolean NOT NULL DEFAULT false,
    offer_uri    text NOT NULL DEFAULT '',
    agreement    text NOT NULL DEFAULT '',
    our_proof    text NOT NULL DEFAULT '',
    their_proof  text NOT NULL DEFAULT '',
    approved_by  bigint NOT NULL DEFAULT 0,
    admitted_by  bigint NOT NULL DEFAULT 0,
    heard_at     bigint NOT NULL DEFAULT 0,
    agreed_at    bigint NOT NULL DEFAULT 0,
    lost_at      bigint NOT NULL DEFAULT 0,
    valid_until  bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL,
    changed_at   bigint NOT NULL,
    UNIQUE (community_id, sibling_uri)
);
CREATE INDEX community_sibling_uri_idx ON community_sibling (sibling_uri);

-- What a Group of ours took from its siblings: once for each object.
CREATE TABLE admission (
    id INTEGER PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    object_uri   text NOT NULL,
    post_id      bigint NOT NULL DEFAULT 0,
    activity_uri text NOT NULL DEFAULT '',
    origin_uri   text NOT NULL,
    via_uri      text NOT NULL,
    state        text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    admitted_at  bigint NOT NULL,
    changed_at   bigint NOT NULL,
    UNIQUE (community_id, object_uri)
);
CREATE INDEX admission_post_idx ON admission (post_id) WHERE post_id <> 0;
CREATE INDEX admission_activity_idx ON admission (community_id, activity_uri) WHERE activity_uri <> '';
CREATE INDEX admission_origin_idx ON admission (community_id, origin_uri, id);

-- +goose Down
DROP TABLE admission;
DROP TABLE community_sibling;
DROP INDEX community_urn_idx;
ALTER TABLE community DROP COLUMN urn;
