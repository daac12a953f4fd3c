-- Up Migration

-- The guide to a statement's files, which the client was given with it; none with statements of schema 1.
ALTER TABLE statement ADD COLUMN guide_file text;
GRANT INSERT (guide_file) ON statement TO ballast_app;
