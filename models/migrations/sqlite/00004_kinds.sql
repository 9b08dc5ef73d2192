-- +goose Up
-- A title that its author named apart from the text is shown before it; one that was read from the text is part of it.
ALTER TABLE post ADD COLUMN title_apart boolean NOT NULL DEFAULT false;
CREATE INDEX post_community_kind_idx ON post (community_id, kind, id);

-- What a practice post says beside its text. Amounts are thousandths.
CREATE TABLE practice (
    post_id      INTEGER PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    state        text NOT NULL DEFAULT '',
    license      text NOT NULL DEFAULT '',
    version      text NOT NULL DEFAULT '',
    status       text NOT NULL DEFAULT '',
    review_at    bigint NOT NULL DEFAULT 0,
    deadline     bigint NOT NULL DEFAULT 0,
    threshold    bigint NOT NULL DEFAULT 0,
    unit         text NOT NULL DEFAULT '',
    start_at     bigint NOT NULL DEFAULT 0,
    end_at       bigint NOT NULL DEFAULT 0,
    timezone     text NOT NULL DEFAULT '',
    place        text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    capacity     bigint NOT NULL DEFAULT 0,
    topics       text NOT NULL DEFAULT '',
    duplicate_of text NOT NULL DEFAULT '',
    told         text NOT NULL DEFAULT '',
    updated_at   bigint NOT NULL DEFAULT 0
);
CREATE INDEX practice_start_idx ON practice (start_at);

-- What a post was made from, by address.
CREATE TABLE practice_source (
    post_id  bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    uri      text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (post_id, uri)
);
CREATE INDEX practice_source_uri_idx ON practice_source (uri);

-- What people said to a post: that it helped, that they used it again, that they join, that they come, that they know.
CREATE TABLE response (
    id         INTEGER PRIMARY KEY,
    post_id    bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    verb       text NOT NULL,
    topic      text NOT NULL DEFAULT '',
    value      text NOT NULL DEFAULT '',
    amount     bigint NOT NULL DEFAULT 0,
    reply_id   bigint NOT NULL DEFAULT 0,
    uri        text NOT NULL DEFAULT '',
    created_at bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX response_idx ON response (post_id, verb, actor_id, topic);
CREATE INDEX response_actor_idx ON response (actor_id);
CREATE INDEX response_reply_idx ON response (reply_id);

-- Which word chooses which kind in a community, which kinds it uses ('' for all), and whether replies give commands there.
CREATE TABLE community_kind (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    word         text NOT NULL,
    kind         text NOT NULL,
    PRIMARY KEY (community_id, word)
);
CREATE TABLE community_practice (
    community_id INTEGER PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    kinds        text NOT NULL DEFAULT '',
    commands_off boolean NOT NULL DEFAULT false
);

-- The commands that somebody gave lately, so that nobody gives them without end.
CREATE TABLE command_use (
    id       INTEGER PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE
);
CREATE INDEX command_use_idx ON command_use (actor_id, id);

-- +goose Down
DROP TABLE command_use;
DROP TABLE community_practice;
DROP TABLE community_kind;
DROP TABLE response;
DROP TABLE practice_source;
DROP TABLE practice;
DROP INDEX post_community_kind_idx;
ALTER TABLE post DROP COLUMN title_apart;
