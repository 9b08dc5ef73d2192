-- +goose Up
-- A part of a community that founded one of its own, and how far the members of the other were asked which they follow.
CREATE TABLE community_split (
    id         bigint PRIMARY KEY,
    from_id    bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    to_id      bigint NOT NULL UNIQUE REFERENCES actor (id) ON DELETE CASCADE,
    at         bigint NOT NULL,
    created_at bigint NOT NULL,
    done_at    bigint NOT NULL
);
CREATE INDEX community_split_from_idx ON community_split (from_id);
CREATE INDEX community_split_open_idx ON community_split (id) WHERE done_at = 0;

-- +goose Down
DROP TABLE community_split;
