-- Up Migration

-- Involuntary trips as the watch of the meter found them, each kept before its site is told: one that was told to a run
-- that ended before it decided is told again to the next.
CREATE TABLE involuntary_trip (
  trip_no  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site_id  text        NOT NULL,
  -- Of the message to the site: told again, it is the same.
  trip_id  text        NOT NULL,
  at       timestamptz NOT NULL,
  -- The message, as it was told.
  input    jsonb       NOT NULL,
  -- The first decision that took it up; from then on the site's records carry it until it is released.
  sequence bigint,
  UNIQUE (site_id, trip_id)
);

CREATE INDEX involuntary_trip_untaken ON involuntary_trip (site_id, trip_no) WHERE sequence IS NULL;

GRANT SELECT, INSERT, UPDATE (sequence) ON involuntary_trip TO ballast_app;
