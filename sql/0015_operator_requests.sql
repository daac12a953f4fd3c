-- Up Migration

-- An id is of one request of one kind for good: whichever run answered it, nothing else is ever asked under it.
CREATE TABLE operator_request (
  site_id    text        NOT NULL,
  request_id text        NOT NULL,
  -- SHA-256 of the update's name and of the request without its proof, in hex.
  digest     text        NOT NULL,
  asked_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, request_id)
);

GRANT SELECT, INSERT ON operator_request TO ballast_app;
