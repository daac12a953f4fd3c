-- Up Migration

-- Plans that a site has decided by, under the hash that stands in its records: the timeline that money is made of goes
-- by the plan of the decision, also while the site's worker has a newer one already.
CREATE TABLE site_plan (
  site_id   text        NOT NULL,
  plan_hash text        NOT NULL,
  plan      jsonb       NOT NULL,
  kept_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, plan_hash)
);

GRANT SELECT, INSERT ON site_plan TO ballast_app;
