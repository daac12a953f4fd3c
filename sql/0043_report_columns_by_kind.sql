-- Up Migration

-- A report of corrections has several kinds of document, each with columns of its own.
ALTER TABLE report_columns
  ADD COLUMN document_kind text NOT NULL DEFAULT '',
  DROP CONSTRAINT report_columns_pkey,
  ADD PRIMARY KEY (source, document_kind, columns_hash);
