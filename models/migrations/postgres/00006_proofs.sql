-- +goose Up
-- A key is looked for under either id: with one of them not indexed, both were searched row by row.
CREATE INDEX actor_proof_key_idx ON actor (ed25519_key_id);

-- Who deletes what never came here speaks for nobody else: the true author may still send it.
ALTER TABLE tombstone ADD COLUMN actor_uri text NOT NULL DEFAULT '';
ALTER TABLE tombstone DROP CONSTRAINT tombstone_pkey;
ALTER TABLE tombstone ADD PRIMARY KEY (uri, actor_uri);

-- +goose Down
DELETE FROM tombstone AS t USING tombstone AS other WHERE t.uri = other.uri AND t.actor_uri > other.actor_uri;
ALTER TABLE tombstone DROP CONSTRAINT tombstone_pkey;
ALTER TABLE tombstone DROP COLUMN actor_uri;
ALTER TABLE tombstone ADD PRIMARY KEY (uri);
DROP INDEX actor_proof_key_idx;
