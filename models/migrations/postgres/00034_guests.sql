-- +goose Up
-- Where a Group elsewhere gives tokens to the servers of its members; '' where it does not.
ALTER TABLE community ADD COLUMN token_uri text NOT NULL DEFAULT '';

-- Whether two Groups elsewhere name each other as siblings, as both were asked; the address that sorts first is the one.
CREATE TABLE kin (
    one_uri    text NOT NULL,
    other_uri  text NOT NULL,
    mutual     boolean NOT NULL,
    checked_at bigint NOT NULL,
    PRIMARY KEY (one_uri, other_uri)
);
CREATE INDEX kin_other_idx ON kin (other_uri);

-- +goose Down
DROP TABLE kin;
ALTER TABLE community DROP COLUMN token_uri;
