-- Up Migration

-- Current state: the newest fact of a kind that rides in its site's next SCED signal, and whether it has.
CREATE TABLE riding_fact (
  site_id  text        NOT NULL,
  kind     text        NOT NULL,
  input_id text        NOT NULL,
  at       timestamptz NOT NULL,
  input    jsonb       NOT NULL,
  is_told  boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (site_id, kind)
);
GRANT SELECT, INSERT, UPDATE ON riding_fact TO ballast_app;
