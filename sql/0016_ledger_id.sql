-- Up Migration

-- Tells two databases that hold the same site apart: only one of them may run it. A backup takes it along.
ALTER TABLE site ADD COLUMN ledger_id uuid NOT NULL DEFAULT gen_random_uuid();
