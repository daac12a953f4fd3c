-- Up Migration

-- Bytes are compressed where that makes them fewer. Those of a document that has gone to the archive are there: its row
-- stays, and says so.
ALTER TABLE raw_document
  ADD COLUMN encoding text NOT NULL DEFAULT 'identity' CHECK (encoding IN ('identity', 'gzip')),
  ADD COLUMN archived_at timestamptz,
  ALTER COLUMN bytes DROP NOT NULL,
  ALTER COLUMN bytes SET STORAGE EXTERNAL,
  ADD CONSTRAINT raw_document_kept_or_archived CHECK ((bytes IS NULL) = (archived_at IS NOT NULL));

-- The one change there is: bytes leave, and when is noted.
CREATE FUNCTION raw_document_leaves() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.bytes IS NULL OR NEW.bytes IS NOT NULL
      OR to_jsonb(NEW) - 'bytes' - 'archived_at' <> to_jsonb(OLD) - 'bytes' - 'archived_at' THEN
    RAISE EXCEPTION 'a kept document is never changed: only its bytes may leave for the archive'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER leaves_only BEFORE UPDATE ON raw_document FOR EACH ROW EXECUTE FUNCTION raw_document_leaves();
GRANT UPDATE (bytes, archived_at) ON raw_document TO ballast_app;
