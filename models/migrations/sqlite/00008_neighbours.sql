-- +goose Up
CREATE TABLE peer_community (
    uri        text PRIMARY KEY,
    host       text NOT NULL,
    handle     text NOT NULL,
    name       text NOT NULL DEFAULT '',
    about      text NOT NULL DEFAULT '',
    topics     text NOT NULL DEFAULT '',
    followers  bigint NOT NULL DEFAULT 0,
    updated_at bigint NOT NULL
);
CREATE INDEX peer_community_host_idx ON peer_community (host);
ALTER TABLE peer ADD COLUMN directory_at bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE peer DROP COLUMN directory_at;
DROP TABLE peer_community;
