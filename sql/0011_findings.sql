-- Up Migration

-- What a site could not do as asked, for a person: an input that is none, a clock that runs ahead, rules that failed.
CREATE TABLE site_finding (
  site_id   text        NOT NULL,
  run_id    text        NOT NULL,
  -- Of the activity that noted it: a retry notes it once.
  note_id   text        NOT NULL,
  at        timestamptz,
  input_ids text[]      NOT NULL,
  problem   text        NOT NULL,
  noted_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site_id, run_id, note_id)
);

GRANT SELECT, INSERT ON site_finding TO ballast_app;
