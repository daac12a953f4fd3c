-- Up Migration

-- When ERCOT published a document, as its list says: it tells the copies of the autumn hour apart and orders the
-- versions of a price. The second reading is kept where the list leaves two.
ALTER TABLE raw_document
  ADD COLUMN published_at timestamptz,
  ADD COLUMN published_or_at timestamptz;
