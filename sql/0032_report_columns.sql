-- Up Migration

-- Every set of columns that a source's documents have had, once: with what it added to, removed from and moved in the
-- one before. Without those three it is the first.
CREATE TABLE report_columns (
  source       text        NOT NULL,
  columns_hash text        NOT NULL,
  columns      text[]      NOT NULL,
  document_id  text        NOT NULL,
  content_hash text        NOT NULL,
  fetched_at   timestamptz NOT NULL,
  added        text[],
  removed      text[],
  moved        text[],
  PRIMARY KEY (source, columns_hash)
);
GRANT SELECT, INSERT ON report_columns TO ballast_app;
