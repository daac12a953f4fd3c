-- Up Migration

-- Of a refused statement: whose days it would have stated. What another statement of the contract states is refused no
-- more; what that one leaves stays refused.
ALTER TABLE money_refusal ADD COLUMN contract_id text, ADD COLUMN period_from date, ADD COLUMN period_to date;

-- Under a level above read committed the look at the client's other statements would see those of the transaction's
-- beginning, not those that were issued while it waited for the lock.
CREATE OR REPLACE FUNCTION statement_periods_apart() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  other record;
BEGIN
  IF NEW.recorded_at <> now() THEN
    RETURN NEW;
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'statement %: transaction isolation is %',
      NEW.statement_id, current_setting('transaction_isolation')
      USING ERRCODE = 'restrict_violation',
        HINT = 'Issue statements in a transaction of isolation level read committed.';
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
