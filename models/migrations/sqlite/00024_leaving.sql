-- +goose Up
-- Since when a member has left the organization; 0 for those who belong to it.
ALTER TABLE actor ADD COLUMN left_at bigint NOT NULL DEFAULT 0;

-- Who left: until when the grace lasts, and how many of its letters were sent.
CREATE TABLE leaving (
    account_id bigint PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    reason     text NOT NULL DEFAULT '',
    since      bigint NOT NULL,
    until      bigint NOT NULL,
    ended_at   bigint NOT NULL DEFAULT 0,
    letters    bigint NOT NULL DEFAULT 0
);
CREATE INDEX leaving_until_idx ON leaving (until) WHERE ended_at = 0;

-- How a member gets at what is theirs once the organization's sign-in is over. Code is the SHA-256 of what the member holds.
CREATE TABLE recovery (
    account_id bigint PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    email      text NOT NULL DEFAULT '',
    code       text NOT NULL DEFAULT '',
    code_at    bigint NOT NULL DEFAULT 0,
    token      text NOT NULL DEFAULT '',
    asked_at   bigint NOT NULL DEFAULT 0,
    sent_at    bigint NOT NULL DEFAULT 0
);
CREATE INDEX recovery_due_idx ON recovery (account_id) WHERE token <> '' AND sent_at = 0;

-- +goose Down
DROP TABLE recovery;
DROP TABLE leaving;
ALTER TABLE actor DROP COLUMN left_at;
