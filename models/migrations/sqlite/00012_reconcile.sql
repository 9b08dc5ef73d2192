-- +goose Up
-- On which host a follower lives, by its id: what two servers compare is the followers of one actor on one of them.
ALTER TABLE follow ADD COLUMN follower_host text NOT NULL DEFAULT '';
UPDATE follow SET follower_host = coalesce((SELECT substr(rest, 1, instr(rest || '/', '/') - 1)
    FROM (SELECT lower(substr(uri, instr(uri, '://') + 3)) AS rest FROM actor WHERE actor.id = follow.actor_id)), '');
CREATE INDEX follow_host_idx ON follow (target_id, follower_host, state);

-- Followers that another server counts otherwise than this one: its list is to be asked.
CREATE TABLE follower_check (
    actor_id    INTEGER PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    url         text NOT NULL,
    digest      text NOT NULL,
    pending     boolean NOT NULL DEFAULT true,
    attempts    bigint NOT NULL DEFAULT 0,
    next_try_at bigint NOT NULL,
    checked_at  bigint NOT NULL DEFAULT 0,
    outcome     text NOT NULL DEFAULT ''
);
CREATE INDEX follower_check_due_idx ON follower_check (pending, next_try_at);

-- Which peers take signatures by Ed25519 keys, and when one refused such a signature all the same.
ALTER TABLE peer ADD COLUMN takes_ed25519 boolean NOT NULL DEFAULT false;
ALTER TABLE peer ADD COLUMN ed25519_refused_at bigint NOT NULL DEFAULT 0;
CREATE INDEX actor_ed25519_key_idx ON actor (ed25519_key_id);

-- What was missed: since when a host was silent, or since when this instance was away (host '').
CREATE TABLE absence (
    host       text PRIMARY KEY,
    since      bigint NOT NULL,
    created_at bigint NOT NULL
);
ALTER TABLE peer ADD COLUMN heard_at bigint NOT NULL DEFAULT 0;
UPDATE peer SET heard_at = last_inbound_at;
ALTER TABLE backfill ADD COLUMN since bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE backfill DROP COLUMN since;
ALTER TABLE peer DROP COLUMN heard_at;
DROP TABLE absence;
DROP INDEX actor_ed25519_key_idx;
ALTER TABLE peer DROP COLUMN ed25519_refused_at;
ALTER TABLE peer DROP COLUMN takes_ed25519;
DROP TABLE follower_check;
DROP INDEX follow_host_idx;
ALTER TABLE follow DROP COLUMN follower_host;
