-- +goose Up
-- Whom an admin admits, and, with known = true, who was there when a quarantine began.
CREATE TABLE domain_allow (
    host          text PRIMARY KEY,
    id            bigint NOT NULL,
    known         boolean NOT NULL DEFAULT false,
    note          text NOT NULL DEFAULT '',
    contact       text NOT NULL DEFAULT '',
    public_reason text NOT NULL DEFAULT '',
    created_at    bigint NOT NULL
);
CREATE UNIQUE INDEX domain_allow_id_idx ON domain_allow (id);

ALTER TABLE domain_block ADD COLUMN contact text NOT NULL DEFAULT '';

-- Hosts that the policy keeps away, with the moment at which the follows with them end.
CREATE TABLE severance (
    host   text PRIMARY KEY,
    due_at bigint NOT NULL
);

CREATE INDEX inbox_entry_held_idx ON inbox_entry (host) WHERE state = 'held';

-- +goose Down
DROP INDEX inbox_entry_held_idx;
DROP TABLE severance;
ALTER TABLE domain_block DROP COLUMN contact;
DROP TABLE domain_allow;
