-- +goose Up
-- Names that a community had at one host before it became one with another community, one a line; the Groups that are to go on
-- when this host is lost, one a line; where a Group elsewhere lists its siblings; and the feed of all siblings of one of ours.
ALTER TABLE community ADD COLUMN former_urns text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN successors text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN siblings_uri text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN siblings_feed bigint NOT NULL DEFAULT 0;

-- What is offered beside what holds, why a pair rests, and who spoke of it first.
ALTER TABLE community_sibling ADD COLUMN offer text NOT NULL DEFAULT '';
ALTER TABLE community_sibling ADD COLUMN offer_proof text NOT NULL DEFAULT '';
ALTER TABLE community_sibling ADD COLUMN pause text NOT NULL DEFAULT '';
ALTER TABLE community_sibling ADD COLUMN introduced_by text NOT NULL DEFAULT '';
CREATE INDEX community_sibling_host_idx ON community_sibling (host);

-- What happened between two siblings.
CREATE TABLE sibling_event (
    id INTEGER PRIMARY KEY,
    pair_id    bigint NOT NULL REFERENCES community_sibling (id) ON DELETE CASCADE,
    host       text NOT NULL,
    kind       text NOT NULL,
    ref        text NOT NULL DEFAULT '',
    detail     text NOT NULL DEFAULT '',
    actor_id   bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE INDEX sibling_event_pair_idx ON sibling_event (pair_id, id);
CREATE INDEX sibling_event_host_idx ON sibling_event (host, kind, created_at);

-- A backfill of which nothing comes home.
ALTER TABLE backfill ADD COLUMN silent boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE backfill DROP COLUMN silent;
DROP TABLE sibling_event;
DROP INDEX community_sibling_host_idx;
ALTER TABLE community_sibling DROP COLUMN introduced_by;
ALTER TABLE community_sibling DROP COLUMN pause;
ALTER TABLE community_sibling DROP COLUMN offer_proof;
ALTER TABLE community_sibling DROP COLUMN offer;
ALTER TABLE community DROP COLUMN siblings_feed;
ALTER TABLE community DROP COLUMN siblings_uri;
ALTER TABLE community DROP COLUMN successors;
ALTER TABLE community DROP COLUMN former_urns;
