-- Up Migration

-- The application connects as ballast_app: it may add rows everywhere, change only what is marked as current state.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ballast_app') THEN
    CREATE ROLE ballast_app LOGIN;
  END IF;
END
$$;

-- Bytes as they came over the wire, before anything was read out of them.
CREATE TABLE raw_document (
  source       text        NOT NULL,
  document_id  text        NOT NULL,
  content_hash text        NOT NULL,
  content_type text        NOT NULL,
  fetched_at   timestamptz NOT NULL,
  bytes        bytea       NOT NULL,
  problem      text,
  PRIMARY KEY (source, document_id, content_hash)
);
CREATE INDEX raw_document_hash ON raw_document (content_hash);

-- Every version of every value: ERCOT corrects without telling.
CREATE TABLE market_observation (
  kind             text        NOT NULL,
  settlement_point text        NOT NULL DEFAULT '',
  point_type       text        NOT NULL DEFAULT '',
  value_key        text        NOT NULL,
  source           text        NOT NULL,
  version          integer     NOT NULL,
  value            text        NOT NULL,
  document_id      text        NOT NULL,
  content_hash     text        NOT NULL,
  fetched_at       timestamptz NOT NULL,
  quality          text        NOT NULL,
  PRIMARY KEY (kind, settlement_point, point_type, value_key, source, version)
);

-- Current state: how far each feed has been read.
CREATE TABLE feed_cursor (
  feed_id      text PRIMARY KEY,
  cursor       text        NOT NULL,
  state        jsonb       NOT NULL DEFAULT '{}',
  last_seen_at timestamptz,
  polled_at    timestamptz NOT NULL
);

CREATE TABLE decision (
  site_id     text        NOT NULL,
  sequence    bigint      NOT NULL,
  as_of       timestamptz NOT NULL,
  workflow_id text        NOT NULL,
  run_id      text        NOT NULL,
  record      jsonb       NOT NULL,
  record_hash text        NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, sequence)
);

-- The timeline that settlement attributes curtailed energy from.
CREATE TABLE cohort_mode (
  site_id         text        NOT NULL,
  cohort_id       text        NOT NULL,
  sequence        bigint      NOT NULL,
  at              timestamptz NOT NULL,
  client_id       text        NOT NULL,
  mode_id         text        NOT NULL,
  reason          text        NOT NULL,
  able_to_run     integer     NOT NULL,
  normal_power_w  integer     NOT NULL,
  mode_power_w    integer     NOT NULL,
  PRIMARY KEY (site_id, cohort_id, sequence)
);

-- Current state: the newest revision; every older one is fenced off.
CREATE TABLE dispatch_fence (
  site_id  text PRIMARY KEY,
  revision bigint NOT NULL
);

CREATE TABLE command_log (
  site_id        text        NOT NULL,
  revision       bigint      NOT NULL,
  attempt        integer     NOT NULL,
  machine_id     text        NOT NULL,
  cohort_id      text        NOT NULL,
  mode_id        text        NOT NULL,
  outcome        text        NOT NULL,
  writes         integer     NOT NULL,
  profile_before text,
  detail         text,
  at             timestamptz NOT NULL,
  PRIMARY KEY (site_id, revision, attempt, machine_id)
);

-- Current state: each machine as last read back.
CREATE TABLE machine_state (
  site_id        text        NOT NULL,
  machine_id     text        NOT NULL,
  cohort_id      text        NOT NULL,
  state          text        NOT NULL,
  power_w        double precision,
  profile        text,
  -- Operating point to go back to when the curtailment ends.
  profile_before text,
  at_target      boolean,
  revision       bigint,
  read_at        timestamptz NOT NULL,
  PRIMARY KEY (site_id, machine_id)
);

CREATE TABLE meter_register (
  site_id     text        NOT NULL,
  meter_id    text        NOT NULL,
  -- Interval boundary the read belongs to.
  boundary_at timestamptz NOT NULL,
  read_at     timestamptz NOT NULL,
  register_wh numeric,
  power_kw    double precision,
  quality     text        NOT NULL,
  PRIMARY KEY (site_id, meter_id, boundary_at)
);

CREATE TABLE response_verdict (
  site_id           text        NOT NULL,
  revision          bigint      NOT NULL,
  outcome           text        NOT NULL,
  measured_delta_kw double precision,
  seconds           double precision,
  sentence          text        NOT NULL,
  closed_at         timestamptz NOT NULL,
  PRIMARY KEY (site_id, revision)
);

-- Current state: machines that did not follow, until a person or a later read-back clears them.
CREATE TABLE straggler (
  site_id    text        NOT NULL,
  machine_id text        NOT NULL,
  revision   bigint      NOT NULL,
  mode_id    text        NOT NULL,
  state      text        NOT NULL,
  last_outcome text,
  since      timestamptz NOT NULL,
  PRIMARY KEY (site_id, machine_id)
);

CREATE TABLE evidence_run (
  site_id             text        NOT NULL,
  sequence            integer     NOT NULL,
  workflow_id         text        NOT NULL,
  run_id              text        NOT NULL UNIQUE,
  closed_at           timestamptz NOT NULL,
  events              integer     NOT NULL,
  build_id            text        NOT NULL,
  digest              text        NOT NULL,
  previous_chain_hash text        NOT NULL,
  chain_hash          text        NOT NULL,
  history             bytea       NOT NULL,
  PRIMARY KEY (site_id, sequence)
);

GRANT SELECT, INSERT ON raw_document, market_observation, decision, cohort_mode, command_log, meter_register,
  response_verdict, evidence_run TO ballast_app;
GRANT SELECT, INSERT, UPDATE ON feed_cursor, dispatch_fence, machine_state TO ballast_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON straggler TO ballast_app;
