-- +goose Up
CREATE TABLE node_message (
    id         bigint PRIMARY KEY,
    payload    text NOT NULL,
    created_at bigint NOT NULL
);

-- +goose Down
DROP TABLE node_message;
