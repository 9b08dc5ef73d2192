-- +goose Up
-- Where a Group elsewhere says to its siblings how it stands.
ALTER TABLE community ADD COLUMN report_uri text NOT NULL DEFAULT '';

-- What a sibling last said of itself, and when it was asked. Members are -1 where it says nothing of them;
-- differs is how many posts were not alike when the two last compared.
CREATE TABLE sibling_report (
    pair_id      bigint PRIMARY KEY REFERENCES community_sibling (id) ON DELETE CASCADE,
    members      bigint NOT NULL DEFAULT -1,
    member_hosts text NOT NULL DEFAULT '',
    in_step      text NOT NULL DEFAULT '',
    asked_at     bigint NOT NULL DEFAULT 0,
    answered_at  bigint NOT NULL DEFAULT 0,
    failed       text NOT NULL DEFAULT '',
    totals_until bigint NOT NULL DEFAULT 0,
    differs      bigint NOT NULL DEFAULT 0
);

-- What moderators of a sibling did, as its log says. Ids are by the time at which it was done.
CREATE TABLE sibling_log (
    id           bigint PRIMARY KEY,
    group_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    activity_uri text NOT NULL,
    verb         text NOT NULL,
    actor_uri    text NOT NULL,
    object_uri   text NOT NULL,
    target_uri   text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    until        bigint NOT NULL DEFAULT 0,
    proven       boolean NOT NULL DEFAULT false,
    created_at   bigint NOT NULL,
    UNIQUE (group_id, activity_uri)
);
CREATE INDEX sibling_log_group_idx ON sibling_log (group_id, id);

-- +goose Down
DROP TABLE sibling_log;
DROP TABLE sibling_report;
ALTER TABLE community DROP COLUMN report_uri;
