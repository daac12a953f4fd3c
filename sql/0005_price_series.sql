-- Up Migration

-- Versions count within a route, not within a report: a settlement price (mis/12301) and its correction (mis/13045) are
-- one series.
ALTER TABLE market_observation
  ADD COLUMN series text NOT NULL GENERATED ALWAYS AS (split_part(source, '/', 1)) STORED,
  DROP CONSTRAINT market_observation_pkey,
  ADD PRIMARY KEY (kind, settlement_point, point_type, value_key, series, version);
