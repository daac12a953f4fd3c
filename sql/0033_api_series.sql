-- Up Migration

-- Versions of a value count across the routes that bring one report: the MIS lists and the Public API.
ALTER TABLE market_observation
  DROP CONSTRAINT market_observation_pkey,
  DROP COLUMN series,
  ADD COLUMN series text NOT NULL GENERATED ALWAYS AS
    (CASE split_part(source, '/', 1) WHEN 'api' THEN 'mis' ELSE split_part(source, '/', 1) END) STORED,
  ADD PRIMARY KEY (kind, settlement_point, point_type, value_key, series, version);
