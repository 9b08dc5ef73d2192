-- +goose Up
ALTER TABLE community ADD COLUMN class text NOT NULL DEFAULT 'public';
ALTER TABLE community ADD COLUMN unlisted boolean NOT NULL DEFAULT false;
ALTER TABLE community ADD COLUMN charter text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN charter_source text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN charter_version bigint NOT NULL DEFAULT 0;
ALTER TABLE community ADD COLUMN charter_at bigint NOT NULL DEFAULT 0;
ALTER TABLE community ADD COLUMN rules text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN languages text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN place text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN topics text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN recognition text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN sponsor text NOT NULL DEFAULT '';
ALTER TABLE community ADD COLUMN label text NOT NULL DEFAULT '';

CREATE TABLE community_partner (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    host         text NOT NULL,
    may_post     boolean NOT NULL DEFAULT true,
    created_at   bigint NOT NULL,
    PRIMARY KEY (community_id, host)
);
CREATE INDEX community_partner_host_idx ON community_partner (host);

CREATE TABLE membership (
    community_id    bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    actor_id        bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    role            text NOT NULL DEFAULT 'member',
    state           text NOT NULL DEFAULT 'accepted',
    message         text NOT NULL DEFAULT '',
    charter_version bigint NOT NULL DEFAULT 0,
    invited_by      bigint NOT NULL DEFAULT 0,
    created_at      bigint NOT NULL,
    joined_at       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, actor_id)
);
CREATE INDEX membership_actor_idx ON membership (actor_id);

CREATE TABLE invitation (
    id           INTEGER PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    token        text NOT NULL UNIQUE,
    created_by   bigint NOT NULL,
    max_uses     bigint NOT NULL DEFAULT 0,
    uses         bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL DEFAULT 0,
    revoked_at   bigint NOT NULL DEFAULT 0
);
CREATE INDEX invitation_community_idx ON invitation (community_id, id);

CREATE TABLE charter_version (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    version      bigint NOT NULL,
    source       text NOT NULL,
    changed_by   bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL,
    PRIMARY KEY (community_id, version)
);

-- +goose Down
DROP TABLE charter_version;
DROP TABLE invitation;
DROP TABLE membership;
DROP TABLE community_partner;
ALTER TABLE community DROP COLUMN class;
ALTER TABLE community DROP COLUMN unlisted;
ALTER TABLE community DROP COLUMN charter;
ALTER TABLE community DROP COLUMN charter_source;
ALTER TABLE community DROP COLUMN charter_version;
ALTER TABLE community DROP COLUMN charter_at;
ALTER TABLE community DROP COLUMN rules;
ALTER TABLE community DROP COLUMN languages;
ALTER TABLE community DROP COLUMN place;
ALTER TABLE community DROP COLUMN topics;
ALTER TABLE community DROP COLUMN recognition;
ALTER TABLE community DROP COLUMN sponsor;
ALTER TABLE community DROP COLUMN label;
