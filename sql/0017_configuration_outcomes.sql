-- Up Migration

-- What became of a configuration that an operator sent: the first word on it counts, whoever says it. The site accepts
-- it before it goes by it; whoever finds it unanswered gives it up, and the site refuses it from then on.
CREATE TABLE configuration_outcome (
  site_id    text        NOT NULL,
  request_id text        NOT NULL,
  plan_hash  text        NOT NULL,
  outcome    text        NOT NULL CHECK (outcome IN ('accepted', 'withdrawn')),
  outcome_no bigint      GENERATED ALWAYS AS IDENTITY,
  said_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, request_id)
);

GRANT SELECT, INSERT ON configuration_outcome TO ballast_app;
