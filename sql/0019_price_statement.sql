-- Up Migration

-- What each published document said of a price, also where it changed nothing: which value stands goes by ERCOT's
-- publication, not by the order of reading. `gave_version` is the version that its reading made, if any.
CREATE TABLE price_statement (
  kind             text        NOT NULL,
  settlement_point text        NOT NULL,
  point_type       text        NOT NULL,
  value_key        text        NOT NULL,
  source           text        NOT NULL,
  document_id      text        NOT NULL,
  content_hash     text        NOT NULL,
  value            text        NOT NULL,
  quality          text        NOT NULL,
  fetched_at       timestamptz NOT NULL,
  published_at     timestamptz NOT NULL,
  gave_version     integer,
  PRIMARY KEY (kind, settlement_point, point_type, value_key, source, document_id, content_hash)
);

GRANT SELECT, INSERT ON price_statement TO ballast_app;
