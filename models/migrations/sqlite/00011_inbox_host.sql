-- +goose Up
-- What waits is looked for host by host, and bounded by host.
ALTER TABLE inbox_entry ADD COLUMN host text NOT NULL DEFAULT '';
UPDATE inbox_entry SET host = (
    SELECT lower(substr(rest, 1, instr(rest || '/', '/') - 1))
    FROM (SELECT substr(signer_uri, instr(signer_uri, '://') + 3) AS rest)
) WHERE state <> 'done';
DROP INDEX inbox_entry_due_idx;
CREATE INDEX inbox_entry_pending_idx ON inbox_entry (host, id) WHERE state = 'pending';

-- +goose Down
DROP INDEX inbox_entry_pending_idx;
CREATE INDEX inbox_entry_due_idx ON inbox_entry (state, id);
ALTER TABLE inbox_entry DROP COLUMN host;
