-- +goose Up
-- Who a member is at the sign-in of an organization: an issuer and a subject, and nothing else (ADR 0024).
CREATE TABLE identity (
    id            bigint PRIMARY KEY,
    account_id    bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    provider      text NOT NULL,
    issuer        text NOT NULL,
    subject       text NOT NULL,
    external_id   text NOT NULL DEFAULT '',
    login         text NOT NULL DEFAULT '',
    email         text NOT NULL DEFAULT '',
    group_names   text NOT NULL DEFAULT '',
    refresh_token text NOT NULL DEFAULT '',
    created_at    bigint NOT NULL,
    seen_at       bigint NOT NULL,
    tried_at      bigint NOT NULL DEFAULT 0,
    ended_at      bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX identity_subject_idx ON identity (issuer, subject);
CREATE INDEX identity_account_idx ON identity (account_id);
CREATE INDEX identity_external_idx ON identity (provider, external_id);

-- What waits for the next step of a way in; taken by deleting it, so that each step happens once.
CREATE TABLE pending (
    name       text PRIMARY KEY,
    kind       text NOT NULL,
    account_id bigint NOT NULL DEFAULT 0,
    data       text NOT NULL DEFAULT '',
    expires_at bigint NOT NULL
);
CREATE INDEX pending_expires_idx ON pending (expires_at);

ALTER TABLE web_session ADD COLUMN identity_id bigint NOT NULL DEFAULT 0;
ALTER TABLE web_session ADD COLUMN sid text NOT NULL DEFAULT '';
CREATE INDEX web_session_identity_idx ON web_session (identity_id) WHERE identity_id <> 0;

ALTER TABLE account ADD COLUMN break_glass boolean NOT NULL DEFAULT false;
ALTER TABLE account ADD COLUMN role_by text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN entry_id bigint NOT NULL DEFAULT 0;

-- Second factors of local accounts.
CREATE TABLE one_time_code (
    account_id bigint PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    secret     text NOT NULL,
    last_step  bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE TABLE recovery_code (
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash       text NOT NULL,
    PRIMARY KEY (account_id, hash)
);
CREATE TABLE passkey (
    id           bigint PRIMARY KEY,
    account_id   bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    key_id       text NOT NULL,
    name         text NOT NULL,
    credential   text NOT NULL,
    created_at   bigint NOT NULL,
    last_used_at bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX passkey_key_idx ON passkey (key_id);
CREATE INDEX passkey_account_idx ON passkey (account_id);

-- Links by which people become members of the instance.
CREATE TABLE entry_link (
    id         bigint PRIMARY KEY,
    token      text NOT NULL,
    note       text NOT NULL DEFAULT '',
    created_by bigint NOT NULL,
    max_uses   bigint NOT NULL DEFAULT 1,
    uses       bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL DEFAULT 0,
    revoked_at bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX entry_link_token_idx ON entry_link (token);
CREATE INDEX entry_link_by_idx ON entry_link (created_by, id);

-- Letters that are due, by the name of their template and what it needs.
CREATE TABLE letter (
    id         bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       text NOT NULL,
    data       text NOT NULL,
    created_at bigint NOT NULL
);

-- +goose Down
DROP TABLE letter;
DROP TABLE entry_link;
DROP TABLE passkey;
DROP TABLE recovery_code;
DROP TABLE one_time_code;
ALTER TABLE account DROP COLUMN entry_id;
ALTER TABLE account DROP COLUMN role_by;
ALTER TABLE account DROP COLUMN break_glass;
DROP INDEX web_session_identity_idx;
ALTER TABLE web_session DROP COLUMN sid;
ALTER TABLE web_session DROP COLUMN identity_id;
DROP TABLE pending;
DROP TABLE identity;
