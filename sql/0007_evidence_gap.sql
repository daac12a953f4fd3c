-- Up Migration

-- A run whose history could not be had leaves a signed gap record in its place in the chain.
ALTER TABLE evidence_run ADD COLUMN gap boolean NOT NULL DEFAULT false;
