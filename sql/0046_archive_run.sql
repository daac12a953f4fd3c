-- Up Migration

-- Each time that documents were taken to the archive, or could not be. What is still to be taken is read from the
-- documents themselves.
CREATE TABLE archive_run (
  run_no    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The Central day whose turn it was; none by hand.
  day       date,
  folder    text        NOT NULL,
  documents integer     NOT NULL,
  bytes     bigint      NOT NULL,
  -- Why it is not done, and what to do; none when it is.
  problem   text,
  -- Market time at which it ended.
  at        timestamptz NOT NULL
);
GRANT SELECT, INSERT ON archive_run TO ballast_app;

-- The oldest document of each source whose bytes are here; the newest that left.
CREATE INDEX raw_document_here ON raw_document (source, fetched_at) WHERE bytes IS NOT NULL;
CREATE INDEX raw_document_left ON raw_document (archived_at) WHERE archived_at IS NOT NULL;
