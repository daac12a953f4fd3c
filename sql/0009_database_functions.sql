-- Up Migration

-- A trigger function runs in the session of whoever writes: with that session's search path, its temporary tables would
-- come before the journal's own.
ALTER FUNCTION journal_posting_balanced() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION refuse_change() SET search_path = pg_catalog, public, pg_temp;

-- Nothing of the application needs temporary tables or objects of its own.
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, ballast_app', current_database());
  REVOKE CREATE ON SCHEMA public FROM PUBLIC, ballast_app;
  IF has_database_privilege('ballast_app', current_database(), 'TEMPORARY') THEN
    RAISE EXCEPTION 'ballast_app may still make temporary tables in %', current_database()
      USING ERRCODE = 'insufficient_privilege',
        HINT = format('As the owner of the database: REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC; then start again.',
          current_database());
  END IF;
END
$$;

-- When and in which transaction an entry was booked is the database's word, not the application's.
REVOKE INSERT ON journal_entry FROM ballast_app;
GRANT INSERT (entry_id, site_id, operating_day, settlement_version, effective_at, kind, client_id, contract_id,
  contract_version, clause, reason, description, source_refs, correction_of) ON journal_entry TO ballast_app;
