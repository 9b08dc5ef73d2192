-- +goose Up
-- Who did what: lines are added, and neither changed nor removed.
CREATE TABLE audit_entry (
    id bigint PRIMARY KEY,
    actor_id   bigint NOT NULL DEFAULT 0,
    who        text NOT NULL,
    via        text NOT NULL,
    action     text NOT NULL,
    target_id  bigint NOT NULL DEFAULT 0,
    target     text NOT NULL DEFAULT '',
    before     text NOT NULL DEFAULT '',
    after      text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',
    report_id  bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE INDEX audit_entry_target_idx ON audit_entry (target_id, id) WHERE target_id <> 0;

INSERT INTO audit_entry (id, actor_id, who, via, action, target_id, target, note, report_id, created_at)
    SELECT a.id, a.actor_id, '@' || d.username, 'api', a.action, a.target_id,
        coalesce((SELECT '@' || t.username || CASE WHEN t.local THEN '' ELSE '@' || t.host END FROM actor t WHERE t.id = a.target_id), ''),
        a.subject, a.report_id, a.created_at
    FROM admin_action a JOIN actor d ON d.id = a.actor_id;
DROP TABLE admin_action;

-- +goose StatementBegin
CREATE FUNCTION audit_entry_stays() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'lines of the audit log are neither changed nor removed';
END $$ LANGUAGE plpgsql;
-- +goose StatementEnd

CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_stays();
CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays();

-- +goose Down
CREATE TABLE admin_action (
    id bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id  bigint NOT NULL DEFAULT 0,
    action     text NOT NULL,
    subject    text NOT NULL DEFAULT '',
    report_id  bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
INSERT INTO admin_action (id, actor_id, target_id, action, subject, report_id, created_at)
    SELECT id, actor_id, target_id, action, note, report_id, created_at FROM audit_entry
    WHERE EXISTS (SELECT 1 FROM actor d WHERE d.id = audit_entry.actor_id);
DROP TABLE audit_entry;
DROP FUNCTION audit_entry_stays;
