-- Up Migration

-- What a clock is of: its cohorts, the whole site where they are absent. A part of a site has no meter of its own, so
-- an ordered move of another cohort hides what it did.
ALTER TABLE response_clock ADD COLUMN cohort_ids text[];
