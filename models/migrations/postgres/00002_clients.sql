-- +goose Up
-- Attachments: those of members exist before their post does, and have files of their own.
CREATE TABLE attachment_new (
    id             bigint PRIMARY KEY,
    post_id        bigint NOT NULL DEFAULT 0,
    owner_id       bigint NOT NULL DEFAULT 0,
    position       bigint NOT NULL DEFAULT 0,
    type           text NOT NULL,
    media_type     text NOT NULL DEFAULT '',
    url            text NOT NULL DEFAULT '',
    description    text NOT NULL DEFAULT '',
    blurhash       text NOT NULL DEFAULT '',
    width          bigint NOT NULL DEFAULT 0,
    height         bigint NOT NULL DEFAULT 0,
    state          text NOT NULL DEFAULT 'ready',
    failure        text NOT NULL DEFAULT '',
    file           text NOT NULL DEFAULT '',
    preview_file   text NOT NULL DEFAULT '',
    preview_url    text NOT NULL DEFAULT '',
    preview_width  bigint NOT NULL DEFAULT 0,
    preview_height bigint NOT NULL DEFAULT 0,
    size           bigint NOT NULL DEFAULT 0,
    focus_x        double precision NOT NULL DEFAULT 0,
    focus_y        double precision NOT NULL DEFAULT 0,
    duration       double precision NOT NULL DEFAULT 0,
    frame_rate     text NOT NULL DEFAULT '',
    created_at     bigint NOT NULL DEFAULT 0
);
INSERT INTO attachment_new (id, post_id, position, type, media_type, url, description, blurhash, width, height)
    SELECT id, post_id, position, type, media_type, url, description, blurhash, width, height FROM attachment;
DROP TABLE attachment;
ALTER TABLE attachment_new RENAME TO attachment;
CREATE INDEX attachment_post_idx ON attachment (post_id, position);
CREATE INDEX attachment_owner_idx ON attachment (owner_id, post_id);
CREATE INDEX attachment_state_idx ON attachment (state, id);

ALTER TABLE actor ADD COLUMN bot boolean NOT NULL DEFAULT false;
ALTER TABLE actor ADD COLUMN hide_collections boolean NOT NULL DEFAULT false;
ALTER TABLE actor ADD COLUMN icon_file text NOT NULL DEFAULT '';
ALTER TABLE actor ADD COLUMN image_file text NOT NULL DEFAULT '';
ALTER TABLE actor ADD COLUMN attribution_domains text NOT NULL DEFAULT '';
ALTER TABLE actor ADD COLUMN silenced_at bigint NOT NULL DEFAULT 0;
ALTER TABLE actor ADD COLUMN sensitized_at bigint NOT NULL DEFAULT 0;

ALTER TABLE account ADD COLUMN default_quote_policy text NOT NULL DEFAULT 'public';
ALTER TABLE account ADD COLUMN confirmed_at bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN approved_at bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN email_token text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN email_sent_at bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN reset_token text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN reset_asked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN reset_sent_at bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN locale text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN sign_up_ip text NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN app_id bigint NOT NULL DEFAULT 0;
UPDATE account SET confirmed_at = created_at, approved_at = created_at;
CREATE INDEX account_email_idx ON account (lower(email));

ALTER TABLE follow ADD COLUMN languages text NOT NULL DEFAULT '';

ALTER TABLE post ADD COLUMN quote_of_id bigint NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN quote_of_uri text NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN quote_state text NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN quote_approval_uri text NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN quote_policy text NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN quotes_count bigint NOT NULL DEFAULT 0;
CREATE INDEX post_quote_idx ON post (quote_of_id, id);
CREATE INDEX post_quote_approval_idx ON post (quote_approval_uri) WHERE quote_approval_uri <> '';

CREATE TABLE post_edit (
    id           bigint PRIMARY KEY,
    post_id      bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    title        text NOT NULL DEFAULT '',
    content      text NOT NULL DEFAULT '',
    source       text NOT NULL DEFAULT '',
    spoiler_text text NOT NULL DEFAULT '',
    sensitive    boolean NOT NULL DEFAULT false,
    attachments  text NOT NULL DEFAULT '',
    poll         text NOT NULL DEFAULT '',
    created_at   bigint NOT NULL
);
CREATE INDEX post_edit_post_idx ON post_edit (post_id, id);

CREATE TABLE poll (
    id           bigint PRIMARY KEY,
    post_id      bigint NOT NULL UNIQUE REFERENCES post (id) ON DELETE CASCADE,
    multiple     boolean NOT NULL DEFAULT false,
    hide_totals  boolean NOT NULL DEFAULT false,
    voters_count bigint NOT NULL DEFAULT 0,
    expires_at   bigint NOT NULL DEFAULT 0,
    closed_at    bigint NOT NULL DEFAULT 0,
    fetched_at   bigint NOT NULL DEFAULT 0,
    wanted_at    bigint NOT NULL DEFAULT 0,
    voted_at     bigint NOT NULL DEFAULT 0,
    told_at      bigint NOT NULL DEFAULT 0
);
CREATE INDEX poll_due_idx ON poll (closed_at, expires_at);
CREATE INDEX poll_voted_idx ON poll (voted_at);
CREATE INDEX poll_wanted_idx ON poll (wanted_at);

CREATE TABLE poll_option (
    poll_id     bigint NOT NULL REFERENCES poll (id) ON DELETE CASCADE,
    position    bigint NOT NULL,
    title       text NOT NULL,
    votes_count bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (poll_id, position)
);

CREATE TABLE poll_vote (
    id         bigint PRIMARY KEY,
    poll_id    bigint NOT NULL REFERENCES poll (id) ON DELETE CASCADE,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    choice     bigint NOT NULL,
    uri        text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    UNIQUE (poll_id, actor_id, choice)
);

CREATE TABLE scheduled_post (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    app_id     bigint NOT NULL DEFAULT 0,
    due_at     bigint NOT NULL,
    params     text NOT NULL,
    failure    text NOT NULL DEFAULT '',
    created_at bigint NOT NULL
);
CREATE INDEX scheduled_post_actor_idx ON scheduled_post (actor_id, id);
CREATE INDEX scheduled_post_due_idx ON scheduled_post (due_at);

CREATE TABLE bookmark (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id    bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, post_id)
);

CREATE TABLE pin (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    post_id    bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, post_id)
);

CREATE TABLE mute (
    id                 bigint PRIMARY KEY,
    actor_id           bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id          bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    hide_notifications boolean NOT NULL DEFAULT true,
    expires_at         bigint NOT NULL DEFAULT 0,
    created_at         bigint NOT NULL,
    UNIQUE (actor_id, target_id)
);

CREATE TABLE thread_mute (
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    thread_id  bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (actor_id, thread_id)
);

CREATE TABLE actor_note (
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id  bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    comment    text NOT NULL,
    PRIMARY KEY (actor_id, target_id)
);

CREATE TABLE endorsement (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id  bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, target_id)
);

CREATE TABLE member_domain_block (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    host       text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, host)
);

CREATE TABLE suggestion_dismissal (
    actor_id  bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (actor_id, target_id)
);

CREATE TABLE member_list (
    id             bigint PRIMARY KEY,
    owner_id       bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    title          text NOT NULL,
    replies_policy text NOT NULL DEFAULT 'list',
    exclusive      boolean NOT NULL DEFAULT false,
    created_at     bigint NOT NULL
);
CREATE INDEX member_list_owner_idx ON member_list (owner_id, id);

CREATE TABLE list_member (
    id       bigint PRIMARY KEY,
    list_id  bigint NOT NULL REFERENCES member_list (id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    UNIQUE (list_id, actor_id)
);
CREATE INDEX list_member_actor_idx ON list_member (actor_id);

CREATE TABLE filter (
    id         bigint PRIMARY KEY,
    owner_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    title      text NOT NULL,
    contexts   text NOT NULL,
    action     text NOT NULL DEFAULT 'warn',
    expires_at bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE INDEX filter_owner_idx ON filter (owner_id, id);

CREATE TABLE filter_keyword (
    id         bigint PRIMARY KEY,
    filter_id  bigint NOT NULL REFERENCES filter (id) ON DELETE CASCADE,
    keyword    text NOT NULL,
    whole_word boolean NOT NULL DEFAULT true
);
CREATE INDEX filter_keyword_filter_idx ON filter_keyword (filter_id, id);

CREATE TABLE filter_status (
    id        bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filter (id) ON DELETE CASCADE,
    post_id   bigint NOT NULL REFERENCES post (id) ON DELETE CASCADE,
    UNIQUE (filter_id, post_id)
);

CREATE TABLE followed_tag (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    tag        text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, tag)
);
CREATE INDEX followed_tag_tag_idx ON followed_tag (tag);

CREATE TABLE featured_tag (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    tag        text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (actor_id, tag)
);

CREATE TABLE conversation (
    id           bigint PRIMARY KEY,
    owner_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    thread_id    bigint NOT NULL,
    participants text NOT NULL,
    last_post_id bigint NOT NULL,
    unread       boolean NOT NULL DEFAULT false,
    UNIQUE (owner_id, thread_id, participants)
);
CREATE INDEX conversation_last_idx ON conversation (owner_id, last_post_id);
CREATE INDEX conversation_post_idx ON conversation (last_post_id);
CREATE INDEX conversation_thread_idx ON conversation (thread_id);

CREATE TABLE conversation_participant (
    conversation_id bigint NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    actor_id        bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, actor_id)
);

ALTER TABLE notification ADD COLUMN filtered boolean NOT NULL DEFAULT false;
ALTER TABLE notification ADD COLUMN report_id bigint NOT NULL DEFAULT 0;

CREATE TABLE notification_policy (
    owner_id             bigint PRIMARY KEY REFERENCES actor (id) ON DELETE CASCADE,
    for_not_following    text NOT NULL DEFAULT 'accept',
    for_not_followers    text NOT NULL DEFAULT 'accept',
    for_new_accounts     text NOT NULL DEFAULT 'accept',
    for_private_mentions text NOT NULL DEFAULT 'accept',
    for_limited_accounts text NOT NULL DEFAULT 'filter'
);

CREATE TABLE notification_permission (
    owner_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_id, actor_id)
);

CREATE TABLE notification_request (
    id           bigint PRIMARY KEY,
    owner_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    actor_id     bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    last_post_id bigint NOT NULL DEFAULT 0,
    created_at   bigint NOT NULL,
    updated_at   bigint NOT NULL,
    UNIQUE (owner_id, actor_id)
);

CREATE TABLE push_subscription (
    id         bigint PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    token      text NOT NULL,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    endpoint   text NOT NULL,
    p256dh     text NOT NULL,
    auth       text NOT NULL,
    standard   boolean NOT NULL DEFAULT false,
    policy     text NOT NULL DEFAULT 'all',
    alerts     text NOT NULL DEFAULT '',
    failures   bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);
CREATE INDEX push_subscription_actor_idx ON push_subscription (actor_id);

CREATE TABLE push_message (
    id              bigint PRIMARY KEY,
    subscription_id bigint NOT NULL REFERENCES push_subscription (id) ON DELETE CASCADE,
    notification_id bigint NOT NULL,
    attempts        bigint NOT NULL DEFAULT 0,
    next_try_at     bigint NOT NULL DEFAULT 0,
    created_at      bigint NOT NULL
);
CREATE INDEX push_message_due_idx ON push_message (next_try_at, id);

CREATE TABLE preview_card (
    id            bigint PRIMARY KEY,
    url           text NOT NULL UNIQUE,
    type          text NOT NULL DEFAULT 'link',
    title         text NOT NULL DEFAULT '',
    description   text NOT NULL DEFAULT '',
    author_name   text NOT NULL DEFAULT '',
    author_url    text NOT NULL DEFAULT '',
    provider_name text NOT NULL DEFAULT '',
    provider_url  text NOT NULL DEFAULT '',
    image_url     text NOT NULL DEFAULT '',
    image_file    text NOT NULL DEFAULT '',
    image_alt     text NOT NULL DEFAULT '',
    blurhash      text NOT NULL DEFAULT '',
    width         bigint NOT NULL DEFAULT 0,
    height        bigint NOT NULL DEFAULT 0,
    language      text NOT NULL DEFAULT '',
    published_at  bigint NOT NULL DEFAULT 0,
    state         text NOT NULL DEFAULT 'pending',
    attempts      bigint NOT NULL DEFAULT 0,
    next_try_at   bigint NOT NULL DEFAULT 0,
    fetched_at    bigint NOT NULL DEFAULT 0,
    created_at    bigint NOT NULL
);
CREATE INDEX preview_card_due_idx ON preview_card (state, next_try_at);

CREATE TABLE post_card (
    post_id bigint PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    card_id bigint NOT NULL REFERENCES preview_card (id) ON DELETE CASCADE
);
CREATE INDEX post_card_card_idx ON post_card (card_id, post_id);

CREATE TABLE post_text (
    post_id bigint PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    body    text NOT NULL
);

CREATE TABLE custom_emoji (
    id         bigint PRIMARY KEY,
    shortcode  text NOT NULL,
    host       text NOT NULL DEFAULT '',
    uri        text NOT NULL DEFAULT '',
    url        text NOT NULL DEFAULT '',
    static_url text NOT NULL DEFAULT '',
    file       text NOT NULL DEFAULT '',
    category   text NOT NULL DEFAULT '',
    visible    boolean NOT NULL DEFAULT true,
    disabled   boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (host, shortcode)
);

CREATE TABLE announcement (
    id         bigint PRIMARY KEY,
    text       text NOT NULL,
    all_day    boolean NOT NULL DEFAULT false,
    starts_at  bigint NOT NULL DEFAULT 0,
    ends_at    bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE announcement_dismissal (
    announcement_id bigint NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
    actor_id        bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    PRIMARY KEY (announcement_id, actor_id)
);

CREATE TABLE announcement_reaction (
    announcement_id bigint NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
    actor_id        bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    name            text NOT NULL,
    created_at      bigint NOT NULL,
    PRIMARY KEY (announcement_id, actor_id, name)
);

CREATE TABLE rule (
    id         bigint PRIMARY KEY,
    position   bigint NOT NULL DEFAULT 0,
    text       text NOT NULL,
    hint       text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    deleted_at bigint NOT NULL DEFAULT 0
);

ALTER TABLE report ADD COLUMN category text NOT NULL DEFAULT 'other';
ALTER TABLE report ADD COLUMN rule_ids text NOT NULL DEFAULT '';
ALTER TABLE report ADD COLUMN forwarded boolean NOT NULL DEFAULT false;
ALTER TABLE report ADD COLUMN assigned_to bigint NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN resolved_by bigint NOT NULL DEFAULT 0;
ALTER TABLE report ADD COLUMN updated_at bigint NOT NULL DEFAULT 0;

CREATE TABLE admin_action (
    id         bigint PRIMARY KEY,
    actor_id   bigint NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id  bigint NOT NULL DEFAULT 0,
    action     text NOT NULL,
    subject    text NOT NULL DEFAULT '',
    report_id  bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);

ALTER TABLE domain_block ADD COLUMN id bigint NOT NULL DEFAULT 0;
UPDATE domain_block SET id = (SELECT count(*) FROM domain_block o WHERE o.host <= domain_block.host);
ALTER TABLE domain_block ADD COLUMN severity text NOT NULL DEFAULT 'suspend';
ALTER TABLE domain_block ADD COLUMN reject_media boolean NOT NULL DEFAULT false;
ALTER TABLE domain_block ADD COLUMN reject_reports boolean NOT NULL DEFAULT false;
ALTER TABLE domain_block ADD COLUMN private_comment text NOT NULL DEFAULT '';
ALTER TABLE domain_block ADD COLUMN public_comment text NOT NULL DEFAULT '';
ALTER TABLE domain_block ADD COLUMN obfuscate boolean NOT NULL DEFAULT false;

CREATE TABLE ip_block (
    id         bigint PRIMARY KEY,
    prefix     text NOT NULL UNIQUE,
    severity   text NOT NULL,
    comment    text NOT NULL DEFAULT '',
    expires_at bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
);

CREATE TABLE email_domain_block (
    id             bigint PRIMARY KEY,
    domain         text NOT NULL UNIQUE,
    allow_approval boolean NOT NULL DEFAULT false,
    created_at     bigint NOT NULL
);

CREATE TABLE canonical_email_block (
    id         bigint PRIMARY KEY,
    email_hash text NOT NULL UNIQUE,
    created_at bigint NOT NULL
);

-- +goose Down
DROP TABLE canonical_email_block;
DROP TABLE email_domain_block;
DROP TABLE ip_block;
DROP TABLE admin_action;
DROP TABLE rule;
DROP TABLE announcement_reaction;
DROP TABLE announcement_dismissal;
DROP TABLE announcement;
DROP TABLE custom_emoji;
DROP TABLE post_text;
DROP TABLE post_card;
DROP TABLE preview_card;
DROP TABLE push_message;
DROP TABLE push_subscription;
DROP TABLE notification_request;
DROP TABLE notification_permission;
DROP TABLE notification_policy;
DROP TABLE conversation_participant;
DROP TABLE conversation;
DROP TABLE featured_tag;
DROP TABLE followed_tag;
DROP TABLE filter_status;
DROP TABLE filter_keyword;
DROP TABLE filter;
DROP TABLE list_member;
DROP TABLE member_list;
DROP TABLE suggestion_dismissal;
DROP TABLE member_domain_block;
DROP TABLE endorsement;
DROP TABLE actor_note;
DROP TABLE thread_mute;
DROP TABLE mute;
DROP TABLE pin;
DROP TABLE bookmark;
DROP TABLE scheduled_post;
DROP TABLE poll_vote;
DROP TABLE poll_option;
DROP TABLE poll;
DROP TABLE post_edit;
DROP INDEX post_quote_approval_idx;
DROP INDEX post_quote_idx;
ALTER TABLE post DROP COLUMN quote_of_id;
ALTER TABLE post DROP COLUMN quote_of_uri;
ALTER TABLE post DROP COLUMN quote_state;
ALTER TABLE post DROP COLUMN quote_approval_uri;
ALTER TABLE post DROP COLUMN quote_policy;
ALTER TABLE post DROP COLUMN quotes_count;
ALTER TABLE follow DROP COLUMN languages;
DROP INDEX account_email_idx;
ALTER TABLE account DROP COLUMN default_quote_policy;
ALTER TABLE account DROP COLUMN confirmed_at;
ALTER TABLE account DROP COLUMN approved_at;
ALTER TABLE account DROP COLUMN email_token;
ALTER TABLE account DROP COLUMN email_sent_at;
ALTER TABLE account DROP COLUMN reset_token;
ALTER TABLE account DROP COLUMN reset_asked_at;
ALTER TABLE account DROP COLUMN reset_sent_at;
ALTER TABLE account DROP COLUMN reason;
ALTER TABLE account DROP COLUMN locale;
ALTER TABLE account DROP COLUMN sign_up_ip;
ALTER TABLE account DROP COLUMN app_id;
ALTER TABLE actor DROP COLUMN bot;
ALTER TABLE actor DROP COLUMN hide_collections;
ALTER TABLE actor DROP COLUMN icon_file;
ALTER TABLE actor DROP COLUMN image_file;
ALTER TABLE actor DROP COLUMN attribution_domains;
ALTER TABLE actor DROP COLUMN silenced_at;
ALTER TABLE actor DROP COLUMN sensitized_at;
ALTER TABLE notification DROP COLUMN filtered;
ALTER TABLE notification DROP COLUMN report_id;
ALTER TABLE report DROP COLUMN category;
ALTER TABLE report DROP COLUMN rule_ids;
ALTER TABLE report DROP COLUMN forwarded;
ALTER TABLE report DROP COLUMN assigned_to;
ALTER TABLE report DROP COLUMN resolved_by;
ALTER TABLE report DROP COLUMN updated_at;
ALTER TABLE domain_block DROP COLUMN id;
ALTER TABLE domain_block DROP COLUMN severity;
ALTER TABLE domain_block DROP COLUMN reject_media;
ALTER TABLE domain_block DROP COLUMN reject_reports;
ALTER TABLE domain_block DROP COLUMN private_comment;
ALTER TABLE domain_block DROP COLUMN public_comment;
ALTER TABLE domain_block DROP COLUMN obfuscate;
DELETE FROM attachment WHERE post_id = 0 OR post_id NOT IN (SELECT id FROM post);
CREATE TABLE attachment_old (
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
INSERT INTO attachment_old SELECT id, post_id, position, type, media_type, url, description, blurhash, width, height FROM attachment;
DROP TABLE attachment;
ALTER TABLE attachment_old RENAME TO attachment;
CREATE INDEX attachment_post_idx ON attachment (post_id, position);
