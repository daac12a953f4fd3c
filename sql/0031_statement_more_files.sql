-- Files of a statement in formats that have no column of their own, by format; none where there is none.
ALTER TABLE statement ADD COLUMN more_files json CHECK (json_typeof(more_files) = 'object');
GRANT INSERT (more_files) ON statement TO ballast_app;
