-- Up Migration

-- The newest surveys of each site's machines, few: who drew power before a feeder opened is known to a worker that
-- starts after it.
CREATE TABLE fleet_survey (
  site_id text        NOT NULL,
  at      timestamptz NOT NULL,
  -- By cohort and machine what it drew, W; machines that drew nothing, or did not answer, are left out.
  draws_w jsonb       NOT NULL,
  PRIMARY KEY (site_id, at)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON fleet_survey TO ballast_app;
