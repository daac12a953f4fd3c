-- Up Migration

-- With the reading that a dispatch makes before its commands: what it orders of each cohort, kW at the site meter. And
-- with its verdict the cohorts of which each machine told was read back there. So the load of others can be told from
-- that of the cohort whose clock runs.
ALTER TABLE meter_look ADD COLUMN changes jsonb;
GRANT UPDATE (changes) ON meter_look TO ballast_app;
ALTER TABLE response_verdict ADD COLUMN finished_cohorts text[];
