-- Up Migration

-- Contacts that stop machines for safety: what each last showed, and the stop that was asked for it. A restart neither
-- forgets a stop nor makes it twice. The stops themselves stand in safety_stop.
CREATE TABLE stop_input (
  site_id     text        NOT NULL,
  input_id    text        NOT NULL,
  state       text        NOT NULL CHECK (state IN ('unread', 'idle', 'active', 'silent')),
  -- Market time, as all but noted_at.
  since       timestamptz NOT NULL,
  looked_at   timestamptz NOT NULL,
  answered_at timestamptz,
  problem     text,
  -- The beginning of the state for which a stop was asked, when it was asked, and whether the site has decided on it.
  asked_since timestamptz,
  asked_at    timestamptz,
  is_decided  boolean     NOT NULL DEFAULT false,
  -- By the database's clock: whether anybody reads it.
  noted_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, input_id),
  CHECK ((asked_since IS NULL) = (asked_at IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON stop_input TO ballast_app;
