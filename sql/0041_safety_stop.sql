-- Up Migration

-- Who stopped a cohort, or a whole site (no cohort), for safety, and who let it start again, in order. Read before
-- every slice of commands: a stop reaches the machines through a freeze.
CREATE TABLE safety_stop (
  stop_no    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id    text        NOT NULL,
  -- Of the operator's request: asked again, it counts once.
  request_id text        NOT NULL,
  cohort_id  text,
  kind       text        NOT NULL CHECK (kind IN ('stop', 'stop-over')),
  actor      text        NOT NULL,
  reason     text        NOT NULL,
  at         timestamptz NOT NULL,
  UNIQUE (site_id, request_id)
);

GRANT SELECT, INSERT ON safety_stop TO ballast_app;
