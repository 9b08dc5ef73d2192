-- +goose Up
-- What those who look after the instance write down for each other.
CREATE TABLE admin_note (
    id         INTEGER PRIMARY KEY,
    subject    text NOT NULL,
    author_id  bigint NOT NULL,
    text       text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX admin_note_subject_idx ON admin_note (subject, id);

-- +goose Down
DROP TABLE admin_note;
