-- Up Migration

-- Keys with which an operator's request was admitted: the audit checks the signatures with them, removed or not.
CREATE TABLE operator_key (
  site_id        text        NOT NULL,
  key_id         text        NOT NULL,
  public_key_pem text        NOT NULL,
  actor          text        NOT NULL,
  roles          text[]      NOT NULL,
  vouches        boolean     NOT NULL,
  first_used_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, key_id)
);

-- A nonce belongs to one request for good, whichever run or worker sees it.
CREATE TABLE operator_nonce (
  site_id    text        NOT NULL,
  key_id     text        NOT NULL,
  nonce      text        NOT NULL,
  request_id text        NOT NULL,
  signed_at  timestamptz NOT NULL,
  PRIMARY KEY (site_id, key_id, nonce),
  FOREIGN KEY (site_id, key_id) REFERENCES operator_key
);

GRANT SELECT, INSERT ON operator_key, operator_nonce TO ballast_app;
