-- Up Migration

-- One settled version of an operating day: what went in, what came out. Texts are canonical JSON, kept byte for byte.
CREATE TABLE settlement_version (
  site_id          text        NOT NULL,
  operating_day    date        NOT NULL,
  version          integer     NOT NULL CHECK (version >= 1),
  previous_version integer     GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
  kind             text        NOT NULL CHECK (kind IN ('shadow', 'initial', 'final', 'true-up', 'resettlement')),
  input            json        NOT NULL,
  input_hash       text        NOT NULL,
  result           json        NOT NULL,
  -- SHA-256 over input, result and entries: tells a repeat from a conflict.
  body_hash        text        NOT NULL,
  recorded_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, operating_day, version),
  CONSTRAINT settlement_version_follows FOREIGN KEY (site_id, operating_day, previous_version)
    REFERENCES settlement_version (site_id, operating_day, version)
);

CREATE TABLE journal_entry (
  entry_id           text        PRIMARY KEY,
  -- Order of posting.
  sequence           bigint      GENERATED ALWAYS AS IDENTITY,
  site_id            text        NOT NULL,
  operating_day      date        NOT NULL,
  settlement_version integer     NOT NULL,
  effective_at       timestamptz NOT NULL,
  kind               text        NOT NULL
    CHECK (kind IN ('supply', 'energy-charge', 'curtailment-credit', 'adjustment', 'invoice')),
  client_id          text,
  contract_id        text,
  contract_version   integer,
  clause             text,
  reason             text,
  description        text        NOT NULL,
  source_refs        jsonb       NOT NULL,
  correction_of      text,
  booked_at          timestamptz NOT NULL DEFAULT now(),
  -- The transaction that wrote the entry: no other may add a posting to it.
  booked_in          xid8        NOT NULL DEFAULT pg_current_xact_id(),
  FOREIGN KEY (site_id, operating_day, settlement_version)
    REFERENCES settlement_version (site_id, operating_day, version)
);
CREATE INDEX journal_entry_day ON journal_entry (site_id, operating_day, sequence);

-- Debit positive, credit negative, 10^-8 US dollars.
CREATE TABLE journal_posting (
  entry_id  text     NOT NULL REFERENCES journal_entry (entry_id),
  position  smallint NOT NULL CHECK (position >= 1),
  account   text     NOT NULL CHECK (account ~ '^(Assets|Liabilities|Income|Expense|Equity):.'),
  amount_e8 bigint   NOT NULL CHECK (amount_e8 <> 0),
  PRIMARY KEY (entry_id, position)
);
CREATE INDEX journal_posting_account ON journal_posting (account);

-- An issued statement and the very bytes the client was given.
CREATE TABLE statement (
  statement_id  text        PRIMARY KEY,
  site_id       text        NOT NULL,
  client_id     text        NOT NULL,
  contract_id   text        NOT NULL,
  period_from   date        NOT NULL,
  period_to     date        NOT NULL CHECK (period_to >= period_from),
  issued_at     timestamptz NOT NULL,
  total_cents   bigint      NOT NULL,
  body          json        NOT NULL,
  text_file     text        NOT NULL,
  csv_file      text        NOT NULL,
  intervals_csv text        NOT NULL,
  -- SHA-256 over body and files.
  body_hash     text        NOT NULL,
  recorded_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT statement_once_per_period UNIQUE (site_id, client_id, period_from, period_to)
);

-- An entry is written whole: its postings come in one statement of the entry's own transaction and sum to 0.
CREATE FUNCTION journal_posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken record;
BEGIN
  SELECT p.entry_id, sum(p.amount_e8) AS total INTO broken
    FROM journal_posting p WHERE p.entry_id IN (SELECT entry_id FROM added)
   GROUP BY p.entry_id HAVING sum(p.amount_e8) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal entry %: postings sum to % instead of 0', broken.entry_id, broken.total
      USING ERRCODE = 'check_violation',
        HINT = 'Insert all postings of an entry in one statement; debits positive, credits negative.';
  END IF;
  SELECT e.entry_id INTO broken FROM journal_entry e
    WHERE e.entry_id IN (SELECT entry_id FROM added) AND e.booked_in <> pg_current_xact_id() LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal entry %: is closed, a later transaction cannot add postings to it', broken.entry_id
      USING ERRCODE = 'restrict_violation',
        HINT = 'Post a new entry of kind adjustment that names this one in correction_of.';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER balanced AFTER INSERT ON journal_posting REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION journal_posting_balanced();

-- Append-only for everybody, the owner included; the argument says what to do instead.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', HINT = TG_ARGV[0];
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW
  EXECUTE FUNCTION refuse_change('Post a new entry of kind adjustment that names this one in correction_of.');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('Post a new entry of kind adjustment that names the wrong one in correction_of.');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_posting
  FOR EACH ROW EXECUTE FUNCTION refuse_change('Post a new entry of kind adjustment with the difference.');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON journal_posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('Post a new entry of kind adjustment with the difference.');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON settlement_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change('Settle the day again and record it as the next version.');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON settlement_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('Settle the day again and record it as the next version.');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON statement
  FOR EACH ROW EXECUTE FUNCTION refuse_change('Correct it by an adjustment line on the next statement.');
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON statement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('Correct it by an adjustment line on the next statement.');

REVOKE ALL ON settlement_version, journal_entry, journal_posting, statement FROM ballast_app;
GRANT SELECT, INSERT ON settlement_version, journal_entry, journal_posting, statement TO ballast_app;
