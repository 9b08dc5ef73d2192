-- +goose Up
-- Public timelines are walked from their newest post on, and stop when the page is full. What they ask for names these
-- conditions in the same words.
DROP INDEX post_public_idx;
CREATE INDEX post_listed_idx ON post (id) WHERE visibility = 'public' AND reblog_of_id = 0;
CREATE INDEX post_local_idx ON post (id) WHERE local AND visibility = 'public' AND reblog_of_id = 0;
CREATE INDEX post_written_idx ON post (published_at) WHERE local;

-- How many threads a community has, by who may read them. Triggers keep the figures, whatever changes a post.
CREATE TABLE community_figure (
    community_id bigint NOT NULL,
    visibility   text NOT NULL,
    threads      bigint NOT NULL,
    PRIMARY KEY (community_id, visibility)
);
INSERT INTO community_figure (community_id, visibility, threads)
    SELECT community_id, visibility, count(*) FROM post
    WHERE community_id <> 0 AND reblog_of_id = 0 AND in_reply_to_uri = ''
    AND deleted_at = 0 AND removed_at = 0 AND hidden_at = 0
    GROUP BY community_id, visibility;

-- +goose StatementBegin
CREATE FUNCTION community_figure_add() RETURNS trigger AS $$
BEGIN
    INSERT INTO community_figure (community_id, visibility, threads) VALUES (new.community_id, new.visibility, 1)
        ON CONFLICT (community_id, visibility) DO UPDATE SET threads = community_figure.threads + 1;
    RETURN NULL;
END $$ LANGUAGE plpgsql;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION community_figure_take() RETURNS trigger AS $$
BEGIN
    UPDATE community_figure SET threads = threads - 1 WHERE community_id = old.community_id AND visibility = old.visibility;
    RETURN NULL;
END $$ LANGUAGE plpgsql;
-- +goose StatementEnd

CREATE TRIGGER community_figure_insert AFTER INSERT ON post FOR EACH ROW WHEN (new.community_id <> 0 AND new.reblog_of_id = 0 AND new.in_reply_to_uri = ''
    AND new.deleted_at = 0 AND new.removed_at = 0 AND new.hidden_at = 0)
    EXECUTE FUNCTION community_figure_add();

CREATE TRIGGER community_figure_delete AFTER DELETE ON post FOR EACH ROW WHEN (old.community_id <> 0 AND old.reblog_of_id = 0 AND old.in_reply_to_uri = ''
    AND old.deleted_at = 0 AND old.removed_at = 0 AND old.hidden_at = 0)
    EXECUTE FUNCTION community_figure_take();

CREATE TRIGGER community_figure_from AFTER UPDATE OF community_id, visibility, reblog_of_id, in_reply_to_uri, deleted_at, removed_at, hidden_at ON post FOR EACH ROW WHEN (old.community_id <> 0 AND old.reblog_of_id = 0 AND old.in_reply_to_uri = ''
    AND old.deleted_at = 0 AND old.removed_at = 0 AND old.hidden_at = 0
    AND (old.community_id, old.visibility, old.reblog_of_id, old.in_reply_to_uri, old.deleted_at, old.removed_at, old.hidden_at)
    <> (new.community_id, new.visibility, new.reblog_of_id, new.in_reply_to_uri, new.deleted_at, new.removed_at, new.hidden_at))
    EXECUTE FUNCTION community_figure_take();

CREATE TRIGGER community_figure_to AFTER UPDATE OF community_id, visibility, reblog_of_id, in_reply_to_uri, deleted_at, removed_at, hidden_at ON post FOR EACH ROW WHEN (new.community_id <> 0 AND new.reblog_of_id = 0 AND new.in_reply_to_uri = ''
    AND new.deleted_at = 0 AND new.removed_at = 0 AND new.hidden_at = 0
    AND (old.community_id, old.visibility, old.reblog_of_id, old.in_reply_to_uri, old.deleted_at, old.removed_at, old.hidden_at)
    <> (new.community_id, new.visibility, new.reblog_of_id, new.in_reply_to_uri, new.deleted_at, new.removed_at, new.hidden_at))
    EXECUTE FUNCTION community_figure_add();

-- +goose Down
DROP TRIGGER community_figure_insert ON post;
DROP TRIGGER community_figure_delete ON post;
DROP TRIGGER community_figure_from ON post;
DROP TRIGGER community_figure_to ON post;
DROP FUNCTION community_figure_add;
DROP FUNCTION community_figure_take;
DROP TABLE community_figure;
DROP INDEX post_written_idx;
DROP INDEX post_local_idx;
DROP INDEX post_listed_idx;
CREATE INDEX post_public_idx ON post (visibility, local, id);
