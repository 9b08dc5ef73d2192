-- +goose Up
-- What moderators of communities do: acts that stand until they are undone, the log of all of them, and appeals.
ALTER TABLE post ADD COLUMN locked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN hidden_at bigint NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN hidden_reason text NOT NULL DEFAULT '';

ALTER TABLE report ADD COLUMN community_id bigint NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN answer text NOT NULL DEFAULT '';
CREATE INDEX report_community_idx ON report (community_id, id) WHERE community_id <> 0;

CREATE TABLE community_act (
    id           INTEGER PRIMARY KEY,
    uri          text NOT NULL UNIQUE,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    verb         text NOT NULL,
    actor_id     bigint NOT NULL,
    object_uri   text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    until        bigint NOT NULL DEFAULT 0,
    remove_data  boolean NOT NULL DEFAULT false,
    acted_at     bigint NOT NULL,
    undone_at    bigint NOT NULL DEFAULT 0,
    notice_id    bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL
);
CREATE INDEX community_act_object_idx ON community_act (object_uri, community_id, verb);
CREATE INDEX community_act_notice_idx ON community_act (notice_id) WHERE notice_id <> 0;
CREATE INDEX community_act_standing_idx ON community_act (community_id, verb, id);
CREATE INDEX post_named_thread_idx ON post (context_uri) WHERE context_uri <> '';

CREATE TABLE mod_log (
    id           INTEGER PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    actor_id     bigint NOT NULL,
    verb         text NOT NULL,
    post_id      bigint NOT NULL DEFAULT 0,
    target_id    bigint NOT NULL DEFAULT 0,
    object_uri   text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    until        bigint NOT NULL DEFAULT 0,
    activity_uri text NOT NULL UNIQUE,
    activity     text NOT NULL DEFAULT '',
    created_at   bigint NOT NULL
);
CREATE INDEX mod_log_community_idx ON mod_log (community_id, id);

CREATE TABLE appeal (
    id           INTEGER PRIMARY KEY,
    act_id       bigint NOT NULL UNIQUE REFERENCES community_act (id) ON DELETE CASCADE,
    community_id bigint NOT NULL,
    actor_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id      bigint NOT NULL DEFAULT 0,
    text         text NOT NULL,
    answer       text NOT NULL DEFAULT '',
    granted      boolean NOT NULL DEFAULT false,
    decided_by   bigint NOT NULL DEFAULT 0,
    decided_at   bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL
);
CREATE INDEX appeal_community_idx ON appeal (community_id, decided_at, id);

-- +goose Down
DROP TABLE appeal;
DROP TABLE mod_log;
DROP TABLE community_act;
DROP INDEX post_named_thread_idx;
DROP INDEX report_community_idx;
ALTER TABLE report DROP COLUMN answer;
ALTER TABLE report DROP COLUMN community_id;
ALTER TABLE post DROP COLUMN hidden_reason;
ALTER TABLE post DROP COLUMN hidden_at;
ALTER TABLE post DROP COLUMN locked_at;
