-- Up Migration

-- A settlement or a statement that the rules refuse, until it is settled or issued: for a person. One row each.
CREATE TABLE money_refusal (
  site_id    text        NOT NULL,
  -- 'settlement 2026-08-18', 'statement alder-2026 2026-08-01..2026-08-31'
  subject    text        NOT NULL,
  problem    text        NOT NULL,
  -- The command that tries it again.
  again      text        NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, subject)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON money_refusal TO ballast_app;

-- How many statements the client had when this one was composed, and one: of two composed at once only one is issued.
ALTER TABLE statement ADD COLUMN ordinal integer;
ALTER TABLE statement DISABLE TRIGGER append_only;
UPDATE statement s SET ordinal = n.ordinal FROM (
  SELECT statement_id,
      row_number() OVER (PARTITION BY site_id, client_id ORDER BY issued_at, recorded_at, statement_id) AS ordinal
    FROM statement) n WHERE n.statement_id = s.statement_id;
ALTER TABLE statement ENABLE TRIGGER append_only;
ALTER TABLE statement ALTER COLUMN ordinal SET NOT NULL;
ALTER TABLE statement ADD CONSTRAINT statement_one_after_another UNIQUE (site_id, client_id, ordinal);

-- No day of a client is stated twice. What the owner restores from a backup was issued before: only the application's
-- rows bear the time of their own transaction.
CREATE FUNCTION statement_periods_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  other record;
BEGIN
  IF NEW.recorded_at <> now() THEN
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(jsonb_build_array('statement', NEW.site_id, NEW.client_id)::text, 0));
  SELECT statement_id, period_from, period_to INTO other FROM statement
   WHERE site_id = NEW.site_id AND client_id = NEW.client_id AND statement_id <> NEW.statement_id
     AND period_from <= NEW.period_to AND NEW.period_from <= period_to
   ORDER BY period_from LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'statement %: its period % to % overlaps that of statement %, % to %',
      NEW.statement_id, NEW.period_from, NEW.period_to, other.statement_id, other.period_from, other.period_to
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'statement_periods_apart',
        HINT = 'No day of a client is stated twice: choose days that no statement has.';
  END IF;
  RETURN NEW;
END
$$;
ALTER FUNCTION statement_periods_apart() SET search_path = pg_catalog, public, pg_temp;
CREATE TRIGGER periods_apart BEFORE INSERT ON statement FOR EACH ROW EXECUTE FUNCTION statement_periods_apart();

-- An entry has its postings when its transaction ends.
CREATE FUNCTION journal_entry_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM journal_posting WHERE entry_id = NEW.entry_id) THEN
    RAISE EXCEPTION 'journal entry %: has no postings', NEW.entry_id
      USING ERRCODE = 'check_violation',
        HINT = 'Insert an entry and all its postings in one transaction; debits positive, credits negative.';
  END IF;
  RETURN NULL;
END
$$;
ALTER FUNCTION journal_entry_posted() SET search_path = pg_catalog, public, pg_temp;
CREATE CONSTRAINT TRIGGER posted AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION journal_entry_posted();

-- When something was recorded is the database's word, not the application's.
REVOKE INSERT ON settlement_version, statement FROM ballast_app;
GRANT INSERT (site_id, operating_day, version, kind, input, input_hash, result, body_hash)
  ON settlement_version TO ballast_app;
GRANT INSERT (statement_id, site_id, client_id, contract_id, period_from, period_to, issued_at, total_cents, body,
  text_file, csv_file, intervals_csv, body_hash, ordinal) ON statement TO ballast_app;
