-- +goose Up
-- A key is looked for under either id: with one of them not indexed, both were searched row by row.
CREATE INDEX actor_proof_key_idx ON actor (ed25519_key_id);

-- Who deletes what never came here speaks for nobody else: the true author may still send it.
CREATE TABLE tombstone_new (
    uri        text NOT NULL,
    actor_uri  text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    PRIMARY KEY (uri, actor_uri)
);
INSERT INTO tombstone_new (uri, created_at) SELECT uri, created_at FROM tombstone;
DROP TABLE tombstone;
ALTER TABLE tombstone_new RENAME TO tombstone;

-- +goose Down
CREATE TABLE tombstone_old (
    uri        text PRIMARY KEY,
    created_at bigint NOT NULL
);
INSERT INTO tombstone_old SELECT uri, min(created_at) FROM tombstone GROUP BY uri;
DROP TABLE tombstone;
ALTER TABLE tombstone_old RENAME TO tombstone;
DROP INDEX actor_proof_key_idx;
