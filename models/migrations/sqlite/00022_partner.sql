-- +goose Up
-- Organizations with which this one has, wants or had an agreement: one row for each host.
CREATE TABLE partner (
    id             bigint PRIMARY KEY,
    host           text NOT NULL UNIQUE,
    actor_uri      text NOT NULL DEFAULT '',
    state          text NOT NULL,
    reason         text NOT NULL DEFAULT '',
    pause          text NOT NULL DEFAULT '',
    note           text NOT NULL DEFAULT '',
    allowed        boolean NOT NULL DEFAULT false,
    listed         boolean NOT NULL DEFAULT false,
    offer_uri      text NOT NULL DEFAULT '',
    offer_ours     boolean NOT NULL DEFAULT false,
    offer          text NOT NULL DEFAULT '',
    accept_uri     text NOT NULL DEFAULT '',
    draft_id       bigint NOT NULL DEFAULT 0,
    record_id      bigint NOT NULL DEFAULT 0,
    valid_until    bigint NOT NULL DEFAULT 0,
    their_key      text NOT NULL DEFAULT '',
    their_multikey text NOT NULL DEFAULT '',
    confirmed      text NOT NULL DEFAULT '',
    confirmed_at   bigint NOT NULL DEFAULT 0,
    test_uri       text NOT NULL DEFAULT '',
    test_from      text NOT NULL DEFAULT '',
    test_answered  bigint NOT NULL DEFAULT 0,
    test_fetched   bigint NOT NULL DEFAULT 0,
    test_until     bigint NOT NULL DEFAULT 0,
    asked_at       bigint NOT NULL DEFAULT 0,
    status         text NOT NULL DEFAULT '',
    status_at      bigint NOT NULL DEFAULT 0,
    health         text NOT NULL DEFAULT '',
    health_why     text NOT NULL DEFAULT '',
    health_do      text NOT NULL DEFAULT '',
    health_at      bigint NOT NULL DEFAULT 0,
    told_at        bigint NOT NULL DEFAULT 0,
    created_at     bigint NOT NULL,
    changed_at     bigint NOT NULL
);

-- Every version of an agreement, as it was signed.
CREATE TABLE partner_record (
    id          bigint PRIMARY KEY,
    partner_id  bigint NOT NULL REFERENCES partner (id),
    hash        text NOT NULL,
    record      text NOT NULL,
    our_proof   text NOT NULL DEFAULT '',
    their_proof text NOT NULL DEFAULT '',
    created_at  bigint NOT NULL
);
CREATE INDEX partner_record_partner_idx ON partner_record (partner_id, id);

-- What happened when. Nonces of proposals stand here too, so that none counts twice.
CREATE TABLE partner_event (
    id         bigint PRIMARY KEY,
    host       text NOT NULL,
    kind       text NOT NULL,
    ref        text NOT NULL DEFAULT '',
    detail     text NOT NULL DEFAULT '',
    actor_id   bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE INDEX partner_event_host_idx ON partner_event (host, id);
CREATE INDEX partner_event_ref_idx ON partner_event (ref) WHERE ref <> '';

-- What the instance actors have to tell each other, in order, also while the lane of the host rests.
CREATE TABLE partner_message (
    id          bigint PRIMARY KEY,
    host        text NOT NULL,
    inbox       text NOT NULL,
    entry_id    bigint NOT NULL,
    attempts    bigint NOT NULL DEFAULT 0,
    next_try_at bigint NOT NULL DEFAULT 0,
    last_error  text NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE partner_message;
DROP TABLE partner_event;
DROP TABLE partner_record;
DROP TABLE partner;
