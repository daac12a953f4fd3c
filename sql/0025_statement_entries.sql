-- Up Migration

-- What issuing a statement posts: an entry of kind 'invoice' names it. Statements of schema 1 have posted nothing.
ALTER TABLE journal_entry ADD COLUMN statement_id text REFERENCES statement (statement_id);
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_invoice CHECK ((kind = 'invoice') = (statement_id IS NOT NULL));
CREATE INDEX journal_entry_statement ON journal_entry (statement_id) WHERE statement_id IS NOT NULL;
GRANT INSERT (statement_id) ON journal_entry TO ballast_app;

-- A statement posts when it is issued, and never again. What the owner restores from a backup was posted before: only
-- the application's rows bear the time of their own transaction.
CREATE FUNCTION journal_entry_of_statement() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.booked_at = now() AND NOT EXISTS (
    SELECT FROM statement WHERE statement_id = NEW.statement_id AND site_id = NEW.site_id
       AND client_id = NEW.client_id AND recorded_at = now()
  ) THEN
    RAISE EXCEPTION 'journal entry %: statement % of this site and client is not issued in the same transaction',
      NEW.entry_id, NEW.statement_id
      USING ERRCODE = 'restrict_violation',
        HINT = 'A statement posts when it is issued, once; correct it by an adjustment line on the next one.';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER of_statement BEFORE INSERT ON journal_entry FOR EACH ROW WHEN (NEW.statement_id IS NOT NULL)
  EXECUTE FUNCTION journal_entry_of_statement();
