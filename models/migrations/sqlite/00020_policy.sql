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

-- Lists of hosts that were read: lines as JSON, and what their blocks were before.
CREATE TABLE domain_import (
    id         bigint PRIMARY KEY,
    state      text NOT NULL,
    source     text NOT NULL,
    lines      text NOT NULL,
    before     text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL
);
ALTER TABLE domain_block ADD COLUMN import_id bigint NOT NULL DEFAULT 0;

CREATE INDEX inbox_entry_held_idx ON inbox_entry (host) WHERE state = 'held';

-- +goose Down
DROP INDEX inbox_entry_held_idx;
ALTER TABLE domain_block DROP COLUMN import_id;
DROP TABLE domain_import;
DROP TABLE severance;
ALTER TABLE domain_block DROP COLUMN contact;
DROP TABLE domain_allow;
