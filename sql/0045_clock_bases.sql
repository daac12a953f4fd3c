-- Up Migration

-- A dispatch's own readings of the site meter are looks too. The one that it is measured against was made before the
-- commands of `before_revision`; looks of an earlier meter say nothing of the present one.
ALTER TABLE meter_look ADD COLUMN meter_id text, ADD COLUMN before_revision bigint;
GRANT UPDATE (before_revision) ON meter_look TO ballast_app;

-- What a reduction is counted from: when it was read, and before which revision where a dispatch read it.
ALTER TABLE response_clock ADD COLUMN base_at timestamptz, ADD COLUMN base_revision bigint;
