-- Up Migration

-- Safety stops, and their ends, that came through a door: kept with the message before their site is told. The stop
-- itself stands in safety_stop too, from the same transaction on.
CREATE TABLE door_stop (
  message_no bigint NOT NULL PRIMARY KEY REFERENCES door_message,
  site_id    text   NOT NULL,
  -- Made of sender and nonce: the same message again is the same stop.
  request_id text   NOT NULL,
  cohort_id  text,
  kind       text   NOT NULL CHECK (kind IN ('stop', 'stop-over')),
  reason     text   NOT NULL,
  UNIQUE (site_id, request_id)
);

-- What became of each at its site.
CREATE TABLE door_stop_told (
  message_no bigint      PRIMARY KEY REFERENCES door_stop,
  -- Of the decision that took it up; absent where the site refused it, or a later word came first.
  sequence   integer,
  refusal    text,
  told_at    timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT ON door_stop, door_stop_told TO ballast_app;
