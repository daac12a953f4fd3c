-- Up Migration

-- What a dispatch is measured against: site power and each cohort's watts and able machines before anything moved.
-- `of_revision`: the revision before whose commands that was, an earlier one where that was taken back before its
-- verdict.
CREATE TABLE dispatch_base (
  site_id     text             NOT NULL,
  revision    bigint           NOT NULL,
  of_revision bigint           NOT NULL,
  before_kw   double precision,
  cohorts     jsonb            NOT NULL,
  PRIMARY KEY (site_id, revision)
);

GRANT SELECT, INSERT ON dispatch_base TO ballast_app;
