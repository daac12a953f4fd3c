-- Up Migration

-- Who froze or thawed the commands to a cohort, or to a whole site (no cohort), in order. Read before every slice of
-- commands.
CREATE TABLE command_freeze (
  freeze_no  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id    text        NOT NULL,
  -- Of the operator's request: asked again, it counts once.
  request_id text        NOT NULL,
  cohort_id  text,
  kind       text        NOT NULL CHECK (kind IN ('freeze', 'thaw')),
  actor      text        NOT NULL,
  reason     text        NOT NULL,
  at         timestamptz NOT NULL,
  UNIQUE (site_id, request_id)
);

GRANT SELECT, INSERT ON command_freeze TO ballast_app;
