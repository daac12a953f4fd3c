-- Up Migration

-- With the reading that a dispatch makes before its commands: the most that they take off the load, kW at the site
-- meter, and the cohorts that they move. What falls beyond that was not ordered.
ALTER TABLE meter_look ADD COLUMN may_fall_kw double precision, ADD COLUMN moved_cohorts text[];
GRANT UPDATE (may_fall_kw, moved_cohorts) ON meter_look TO ballast_app;
