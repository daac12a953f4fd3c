-- Up Migration

-- The one book whose sites the database holds; the ledger's id tells two databases of one book apart, and a backup
-- takes it along. Rows name their site; prices and cursors of feeds are shared by the sites that read them.
CREATE TABLE book (
  is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  book_id   text    NOT NULL,
  ledger_id uuid    NOT NULL DEFAULT gen_random_uuid()
);

-- Who took a site into the book, and why, in order.
CREATE TABLE site_change (
  change_no   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id     text        NOT NULL,
  kind        text        NOT NULL CHECK (kind IN ('added', 'retired')),
  actor       text        NOT NULL,
  reason      text        NOT NULL,
  -- Market time.
  at          timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX site_change_site ON site_change (site_id, change_no);

-- A database of one site is a book of that name.
INSERT INTO book (book_id, ledger_id) SELECT site_id, ledger_id FROM site;
INSERT INTO site_change (site_id, kind, actor, reason, at)
  SELECT site_id, 'added', 'ballast', 'the site that this database held', now() FROM site;
DROP TABLE site;

GRANT SELECT ON book TO ballast_app;
GRANT SELECT, INSERT ON site_change TO ballast_app;
