-- +goose Up
CREATE TABLE setting (
    key   text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE actor (
    id                 bigint PRIMARY KEY,
    uri                text NOT NULL UNIQUE,
    type               text NOT NULL,
    username           text NOT NULL,
    host               text NOT NULL,
    handle             text NOT NULL UNIQUE,
    local              boolean NOT NULL DEFAULT false,
    display_name       text NOT NULL DEFAULT '',
    summary            text NOT NULL DEFAULT '',
    summary_source     text NOT NULL DEFAULT '',
    url                text NOT NULL DEFAULT '',
    inbox              text NOT NULL DEFAULT '',
    shared_inbox       text NOT NULL DEFAULT '',
    outbox             text NOT NULL DEFAULT '',
    followers_uri      text NOT NULL DEFAULT '',
    following_uri      text NOT NULL DEFAULT '',
    featured_uri       text NOT NULL DEFAULT '',
    moderators_uri     text NOT NULL DEFAULT '',
    public_key_id      text NOT NULL DEFAULT '',
    public_key_pem     text NOT NULL DEFAULT '',
    ed25519_key_id     text NOT NULL DEFAULT '',
    ed25519_key        text NOT NULL DEFAULT '',
    icon_url           text NOT NULL DEFAULT '',
    image_url          text NOT NULL DEFAULT '',
    fields             text NOT NULL DEFAULT '',
    also_known_as      text NOT NULL DEFAULT '',
    moved_to_uri       text NOT NULL DEFAULT '',
    locked             boolean NOT NULL DEFAULT false,
    discoverable       boolean NOT NULL DEFAULT false,
    indexable          boolean NOT NULL DEFAULT false,
    moderators_post    boolean NOT NULL DEFAULT false,
    followers_count    bigint NOT NULL DEFAULT 0,
    following_count    bigint NOT NULL DEFAULT 0,
    posts_count        bigint NOT NULL DEFAULT 0,
    last_post_at       bigint NOT NULL DEFAULT 0,
    created_at         bigint NOT NULL,
    updated_at         bigint NOT NULL,
    fetched_at         bigint NOT NULL DEFAULT 0,
    suspended_at       bigint NOT NULL DEFAULT 0,
    deleted_at         bigint NOT NULL DEFAULT 0
);
CREATE INDEX actor_key_idx ON actor (public_key_id);
CREATE INDEX actor_host_idx ON actor (host);
CREATE INDEX actor_local_idx ON actor (local, type);

CREATE TABLE actor_key (
    actor_id     bigint PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    rsa_pem      text NOT NULL,
    ed25519_seed text NOT NULL,
    created_at   bigint NOT NULL
);

CREATE TABLE account (
    id                 bigint PRIMARY KEY,
    actor_id           bigint NOT NULL UNIQUE REFERENCES actor (id) ON DELETE CASCADE,
    email              text NOT NULL DEFAULT '',
    password_hash      text NOT NULL DEFAULT '',
    role               text NOT NULL DEFAULT 'member',
    default_visibility text NOT NULL DEFAULT 'public',
    default_sensitive  boolean NOT NULL DEFAULT false,
    default_language   text NOT NULL DEFAULT '',
    created_at         bigint NOT NULL,
    last_sign_in_at    bigint NOT NULL DEFAULT 0,
    disabled_at        bigint NOT NULL DEFAULT 0
);

CREATE TABLE community (
    actor_id     bigint PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    domain       text NOT NULL DEFAULT '',
    joining      text NOT NULL DEFAULT 'open',
    created_by   bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL
);

CREATE TABLE moderator (
    community_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    actor_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    role         text NOT NULL DEFAULT 'moderator',
    created_at   bigint NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);

CREATE TABLE follow (
    id           bigint PRIMARY KEY,
    uri          text NOT NULL,
    actor_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id    bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    state        text NOT NULL,
    show_reblogs boolean NOT NULL DEFAULT true,
    notify       boolean NOT NULL DEFAULT false,
    raw          text NOT NULL DEFAULT '',
    created_at   bigint NOT NULL,
    accepted_at  bigint NOT NULL DEFAULT 0,
    UNIQUE (actor_id, target_id)
);
CREATE INDEX follow_target_idx ON follow (target_id, state, id);
CREATE INDEX follow_actor_idx ON follow (actor_id, state, id);
CREATE INDEX follow_uri_idx ON follow (uri);

CREATE TABLE post (
    id                 bigint PRIMARY KEY,
    uri                text NOT NULL UNIQUE,
    url                text NOT NULL DEFAULT '',
    author_id          bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    local              boolean NOT NULL DEFAULT false,
    community_id       bigint NOT NULL DEFAULT 0,
    in_reply_to_id     bigint NOT NULL DEFAULT 0,
    in_reply_to_uri    text NOT NULL DEFAULT '',
    in_reply_to_author bigint NOT NULL DEFAULT 0,
    thread_id          bigint NOT NULL DEFAULT 0,
    context_uri        text NOT NULL DEFAULT '',
    reblog_of_id       bigint NOT NULL DEFAULT 0,
    type               text NOT NULL DEFAULT 'Note',
    kind               text NOT NULL DEFAULT '',
    title              text NOT NULL DEFAULT '',
    content            text NOT NULL DEFAULT '',
    source             text NOT NULL DEFAULT '',
    spoiler_text       text NOT NULL DEFAULT '',
    sensitive          boolean NOT NULL DEFAULT false,
    language           text NOT NULL DEFAULT '',
    visibility         text NOT NULL DEFAULT 'public',
    app_id             bigint NOT NULL DEFAULT 0,
    replies_count      bigint NOT NULL DEFAULT 0,
    likes_count        bigint NOT NULL DEFAULT 0,
    shares_count       bigint NOT NULL DEFAULT 0,
    accepted_answer_id bigint NOT NULL DEFAULT 0,
    published_at       bigint NOT NULL,
    edited_at          bigint NOT NULL DEFAULT 0,
    created_at         bigint NOT NULL,
    deleted_at         bigint NOT NULL DEFAULT 0,
    removed_at         bigint NOT NULL DEFAULT 0
);
CREATE INDEX post_author_idx ON post (author_id, id);
CREATE INDEX post_thread_idx ON post (thread_id, id);
CREATE INDEX post_reply_idx ON post (in_reply_to_id);
CREATE INDEX post_orphan_idx ON post (in_reply_to_uri);
CREATE INDEX post_community_idx ON post (community_id, id);
CREATE INDEX post_reblog_idx ON post (reblog_of_id, author_id);
CREATE INDEX post_public_idx ON post (visibility, local, id);

CREATE TABLE post_mention (
    post_id  bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX post_mention_actor_idx ON post_mention (actor_id, post_id);

CREATE TABLE post_tag (
    tag     text NOT NULL,
    post_id bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tag_post_idx ON post_tag (post_id);

CREATE TABLE attachment (
    id          bigint PRIMARY KEY,
    post_id     bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    position    bigint NOT NULL DEFAULT 0,
    type        text NOT NULL,
    media_type  text NOT NULL DEFAULT '',
    url         text NOT NULL,
    description text NOT NULL DEFAULT '',
    blurhash    text NOT NULL DEFAULT '',
    width       bigint NOT NULL DEFAULT 0,
    height      bigint NOT NULL DEFAULT 0
);
CREATE INDEX attachment_post_idx ON attachment (post_id, position);

CREATE TABLE favourite (
    id         bigint PRIMARY KEY,
    uri        text NOT NULL,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id    bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, post_id)
);
CREATE INDEX favourite_post_idx ON favourite (post_id, id);
CREATE INDEX favourite_uri_idx ON favourite (uri);

CREATE TABLE home_entry (
    owner_id    bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id     bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    original_id bigint NOT NULL,
    PRIMARY KEY (owner_id, post_id),
    UNIQUE (owner_id, original_id)
);
CREATE INDEX home_entry_post_idx ON home_entry (post_id);
CREATE INDEX home_entry_original_idx ON home_entry (original_id);

CREATE TABLE notification (
    id         bigint PRIMARY KEY,
    owner_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    type       text NOT NULL,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id    bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    UNIQUE (owner_id, type, actor_id, post_id)
);
CREATE INDEX notification_owner_idx ON notification (owner_id, id);
CREATE INDEX notification_post_idx ON notification (post_id);

CREATE TABLE block (
    id         bigint PRIMARY KEY,
    uri        text NOT NULL,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id  bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, target_id)
);
CREATE INDEX block_target_idx ON block (target_id);
CREATE INDEX block_uri_idx ON block (uri);

CREATE TABLE report (
    id           bigint PRIMARY KEY,
    uri          text NOT NULL UNIQUE,
    reporter_id  bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id    bigint NOT NULL,
    post_ids     text NOT NULL DEFAULT '',
    comment      text NOT NULL DEFAULT '',
    created_at   bigint NOT NULL,
    resolved_at  bigint NOT NULL DEFAULT 0
);

CREATE TABLE domain_block (
    host       text PRIMARY KEY,
    reason     text NOT NULL DEFAULT '',
    created_at bigint NOT NULL
);

CREATE TABLE tombstone (
    uri        text PRIMARY KEY,
    created_at bigint NOT NULL
);

CREATE TABLE outbox_entry (
    id           bigint PRIMARY KEY,
    activity_uri text NOT NULL UNIQUE,
    actor_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    type         text NOT NULL,
    object_uri   text NOT NULL DEFAULT '',
    post_id      bigint NOT NULL DEFAULT 0,
    public       boolean NOT NULL DEFAULT false,
    listed       boolean NOT NULL DEFAULT false,
    payload      text NOT NULL,
    created_at   bigint NOT NULL
);
CREATE INDEX outbox_entry_actor_idx ON outbox_entry (actor_id, listed, id);
CREATE INDEX outbox_entry_object_idx ON outbox_entry (object_uri);

CREATE TABLE delivery (
    id         bigint PRIMARY KEY,
    entry_id   bigint NOT NULL REFERENCES outbox_entry (id) ON DELETE CASCADE,
    host       text NOT NULL,
    inbox      text NOT NULL,
    state      text NOT NULL DEFAULT 'pending',
    attempts   bigint NOT NULL DEFAULT 0,
    status     bigint NOT NULL DEFAULT 0,
    last_error text NOT NULL DEFAULT '',
    updated_at bigint NOT NULL,
    UNIQUE (entry_id, inbox)
);
CREATE INDEX delivery_lane_idx ON delivery (host, state, id);

CREATE TABLE peer (
    host             text PRIMARY KEY,
    software         text NOT NULL DEFAULT '',
    version          text NOT NULL DEFAULT '',
    node_info_at     bigint NOT NULL DEFAULT 0,
    signature_scheme text NOT NULL DEFAULT '',
    scheme_at        bigint NOT NULL DEFAULT 0,
    failures         bigint NOT NULL DEFAULT 0,
    failing_since    bigint NOT NULL DEFAULT 0,
    next_try_at      bigint NOT NULL DEFAULT 0,
    last_error       text NOT NULL DEFAULT '',
    last_success_at  bigint NOT NULL DEFAULT 0,
    last_inbound_at  bigint NOT NULL DEFAULT 0,
    created_at       bigint NOT NULL
);

CREATE TABLE inbox_entry (
    id           bigint PRIMARY KEY,
    activity_uri text NOT NULL,
    signer_uri   text NOT NULL,
    key_id       text NOT NULL,
    scheme       text NOT NULL,
    seal         text NOT NULL,
    type         text NOT NULL,
    payload      text NOT NULL,
    state        text NOT NULL DEFAULT 'pending',
    attempts     bigint NOT NULL DEFAULT 0,
    next_try_at  bigint NOT NULL DEFAULT 0,
    outcome      text NOT NULL DEFAULT '',
    received_at  bigint NOT NULL,
    processed_at bigint NOT NULL DEFAULT 0,
    UNIQUE (activity_uri, signer_uri)
);
CREATE INDEX inbox_entry_due_idx ON inbox_entry (state, id);

CREATE TABLE oauth_app (
    id            bigint PRIMARY KEY,
    client_id     text NOT NULL UNIQUE,
    client_secret text NOT NULL,
    name          text NOT NULL,
    website       text NOT NULL DEFAULT '',
    redirect_uris text NOT NULL,
    scopes        text NOT NULL,
    created_at    bigint NOT NULL
);

CREATE TABLE oauth_code (
    code_hash      text PRIMARY KEY,
    app_id         bigint NOT NULL REFERENCES oauth_app (id) ON DELETE CASCADE,
    account_id     bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    redirect_uri   text NOT NULL,
    scopes         text NOT NULL,
    challenge      text NOT NULL DEFAULT '',
    created_at     bigint NOT NULL,
    expires_at     bigint NOT NULL,
    used_at        bigint NOT NULL DEFAULT 0
);

CREATE TABLE oauth_token (
    id           bigint PRIMARY KEY,
    token_hash   text NOT NULL UNIQUE,
    code_hash    text NOT NULL DEFAULT '',
    app_id       bigint NOT NULL REFERENCES oauth_app (id) ON DELETE CASCADE,
    account_id   bigint NOT NULL DEFAULT 0,
    scopes       text NOT NULL,
    created_at   bigint NOT NULL,
    last_used_at bigint NOT NULL DEFAULT 0,
    revoked_at   bigint NOT NULL DEFAULT 0
);
CREATE INDEX oauth_token_account_idx ON oauth_token (account_id);
CREATE INDEX oauth_token_code_idx ON oauth_token (code_hash);

CREATE TABLE web_session (
    token      text PRIMARY KEY,
    account_id bigint NOT NULL DEFAULT 0,
    data       bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX web_session_account_idx ON web_session (account_id);
CREATE INDEX web_session_expiry_idx ON web_session (expires_at);

CREATE TABLE marker (
    owner_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    timeline     text NOT NULL,
    last_read_id bigint NOT NULL,
    version      bigint NOT NULL DEFAULT 1,
    updated_at   bigint NOT NULL,
    PRIMARY KEY (owner_id, timeline)
);

CREATE TABLE idempotency (
    owner_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    key        text NOT NULL,
    post_id    bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (owner_id, key)
);

-- +goose Down
DROP TABLE idempotency;
DROP TABLE marker;
DROP TABLE web_session;
DROP TABLE oauth_token;
DROP TABLE oauth_code;
DROP TABLE oauth_app;
DROP TABLE inbox_entry;
DROP TABLE peer;
DROP TABLE delivery;
DROP TABLE outbox_entry;
DROP TABLE tombstone;
DROP TABLE domain_block;
DROP TABLE report;
DROP TABLE block;
DROP TABLE notification;
DROP TABLE home_entry;
DROP TABLE favourite;
DROP TABLE attachment;
DROP TABLE post_tag;
DROP TABLE post_mention;
DROP TABLE post;
DROP TABLE follow;
DROP TABLE moderator;
DROP TABLE community;
DROP TABLE account;
DROP TABLE actor_key;
DROP TABLE actor;
DROP TABLE setting;
