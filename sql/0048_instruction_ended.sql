-- Up Migration

-- Words that no site will ever take up, and why: of a site that is out of service for good.
CREATE TABLE instruction_ended (
  word_no  bigint      PRIMARY KEY REFERENCES instruction_word,
  why      text        NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT ON instruction_ended TO ballast_app;
