-- +goose Up
-- Flairs that communities elsewhere offer for their threads, with the kinds that they mean here.
CREATE TABLE community_tag (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    uri          text NOT NULL,
    kind         text NOT NULL,
    position     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, uri)
);

-- Sets of communities that one can follow together: whose they are (0: the instance's), what is in them, and which member
-- follows what because of one.
CREATE TABLE feed (
    actor_id   INTEGER PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    owner_id   bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE TABLE feed_community (
    feed_id      bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    created_at   bigint NOT NULL,
    PRIMARY KEY (feed_id, community_id)
);
CREATE INDEX feed_community_idx ON feed_community (community_id);
CREATE TABLE feed_follow (
    feed_id      bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    member_id    bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, member_id, community_id)
);
CREATE INDEX feed_follow_idx ON feed_follow (member_id, community_id);

-- +goose Down
DROP TABLE feed_follow;
DROP TABLE feed_community;
DROP TABLE feed;
DROP TABLE community_tag;
