-- Up Migration

-- Looks at the site meters between the interval boundaries, of the last days: what a trip and the clocks of
-- instructions are judged by. What a verdict rests on stands in the site's history.
CREATE TABLE meter_look (
  site_id     text             NOT NULL,
  at          timestamptz      NOT NULL,
  power_kw    double precision,
  register_wh numeric(20, 0),
  -- A command may move the load.
  is_moving   boolean          NOT NULL,
  PRIMARY KEY (site_id, at)
);

GRANT SELECT, INSERT, DELETE ON meter_look TO ballast_app;

-- The clock of each instruction, from its start to what the meter showed. A verdict is given once.
CREATE TABLE response_clock (
  site_id        text             NOT NULL,
  clock_id       text             NOT NULL,
  instruction_id text             NOT NULL,
  revision       integer          NOT NULL,
  product        text,
  started_at     timestamptz      NOT NULL,
  due_at         timestamptz,
  base_kw        double precision,
  target_kw      double precision,
  outcome        text CHECK (outcome IN ('met', 'short', 'unknown', 'overtaken')),
  seconds        double precision,
  short_kw       double precision,
  sentence       text,
  closed_at      timestamptz,
  PRIMARY KEY (site_id, clock_id),
  CHECK ((outcome IS NULL) = (closed_at IS NULL) AND (outcome IS NULL) = (sentence IS NULL))
);

GRANT SELECT, INSERT, UPDATE (outcome, seconds, short_kw, sentence, closed_at) ON response_clock TO ballast_app;
