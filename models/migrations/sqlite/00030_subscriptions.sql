-- +goose Up
-- Lists of hosts that others keep, and what they held when they were read last, as JSON.
CREATE TABLE list_subscription (
    id INTEGER PRIMARY KEY,
    url        text NOT NULL UNIQUE,
    kind       text NOT NULL,
    mode       text NOT NULL,
    priority   bigint NOT NULL,
    lines      text NOT NULL DEFAULT '',
    hosts      bigint NOT NULL DEFAULT 0,
    trouble    text NOT NULL DEFAULT '',
    tried_at   bigint NOT NULL DEFAULT 0,
    read_at    bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
ALTER TABLE domain_import ADD COLUMN subscribed boolean NOT NULL DEFAULT false;
ALTER TABLE domain_allow ADD COLUMN import_id bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE domain_allow DROP COLUMN import_id;
ALTER TABLE domain_import DROP COLUMN subscribed;
DROP TABLE list_subscription;
