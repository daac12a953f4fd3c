-- A cohort's machines are in one mode or in two neighboring ones, and each W below normal belongs to one rule. Lines of
-- before say one mode for all machines that were able to run.
ALTER TABLE cohort_mode ADD COLUMN split jsonb;
ALTER TABLE cohort_mode ADD COLUMN curtailed jsonb;
ALTER TABLE cohort_mode ALTER COLUMN mode_id DROP NOT NULL;
ALTER TABLE cohort_mode ALTER COLUMN mode_power_w DROP NOT NULL;
ALTER TABLE cohort_mode ADD CONSTRAINT cohort_mode_said_once CHECK ((split IS NULL) <> (mode_id IS NULL));
