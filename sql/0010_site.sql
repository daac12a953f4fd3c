-- Up Migration

-- The one site whose rows the database holds: prices, feed cursors and meters are not told apart by site.
CREATE TABLE site (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  site_id text    NOT NULL
);

-- A backup reads every table as the application: that needs no right to write.
GRANT SELECT ON site, schema_migration TO ballast_app;
