-- +goose Up
-- Flairs that communities elsewhere offer for their threads, with the kinds that they mean here.
CREATE TABLE community_tag (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    uri          text NOT NULL,
    kind         text NOT NULL,
    position     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, uri)
);

-- +goose Down
DROP TABLE community_tag;
