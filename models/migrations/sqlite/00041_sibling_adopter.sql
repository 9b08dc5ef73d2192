-- +goose Up
-- Who goes on for a Group that is lost, as the signer of the word knew it.
ALTER TABLE sibling_loss ADD COLUMN successors text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sibling_loss DROP COLUMN successors;
