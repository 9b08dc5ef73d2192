-- +goose Up
-- Who moved to whom: from here, or from elsewhere with followers here. At is the follow up to which followers were carried over.
CREATE TABLE actor_move (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id),
    target_id  bigint NOT NULL REFERENCES actor (id),
    at         bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    done_at    bigint NOT NULL DEFAULT 0
);
CREATE INDEX actor_move_actor_idx ON actor_move (actor_id, created_at);
CREATE INDEX actor_move_due_idx ON actor_move (id) WHERE done_at = 0;

-- Lists of Mastodon's that a member brings along.
CREATE TABLE member_import (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id),
    kind       text NOT NULL,
    overwrite  boolean NOT NULL DEFAULT false,
    state      text NOT NULL,
    file       text NOT NULL DEFAULT '',
    lines      bigint NOT NULL,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL
);
CREATE INDEX member_import_actor_idx ON member_import (actor_id, id);
CREATE INDEX member_import_state_idx ON member_import (id) WHERE state = 'running';

CREATE TABLE import_line (
    import_id bigint NOT NULL REFERENCES member_import (id) ON DELETE CASCADE,
    line      bigint NOT NULL,
    subject   text NOT NULL,
    extra     text NOT NULL DEFAULT '',
    state     text NOT NULL,
    why       text NOT NULL DEFAULT '',
    PRIMARY KEY (import_id, line)
);
CREATE INDEX import_line_waiting_idx ON import_line (import_id, line) WHERE state = 'waiting';

-- Archives of all that is a member's own.
CREATE TABLE member_export (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id),
    state      text NOT NULL,
    file       text NOT NULL DEFAULT '',
    size       bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    done_at    bigint NOT NULL DEFAULT 0
);
CREATE INDEX member_export_actor_idx ON member_export (actor_id, id);
CREATE INDEX member_export_state_idx ON member_export (id) WHERE state = 'waiting';

-- +goose Down
DROP TABLE member_export;
DROP TABLE import_line;
DROP TABLE member_import;
DROP TABLE actor_move;
