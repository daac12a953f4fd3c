-- Up Migration

-- W at the client's feeder for each machine W, as the powers of a line are counted; of the site's PUE where absent.
ALTER TABLE cohort_mode ADD COLUMN feeder_pue double precision;
