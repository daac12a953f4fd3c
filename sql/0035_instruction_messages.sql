-- Up Migration

-- What came through a door in the name of a known sender, as it came, and what became of it. Append-only.
CREATE TABLE door_message (
  message_no   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  door         text        NOT NULL CHECK (door IN ('http', 'folder', 'voice')),
  -- Issuer of a configuration, or the operator who wrote down what was said.
  sender       text        NOT NULL,
  -- The sender's own mark of this message: the same again is the same message.
  nonce        text        NOT NULL,
  content_type text        NOT NULL,
  content      bytea       NOT NULL,
  -- SHA-256 of the content, hex.
  content_hash text        NOT NULL,
  -- How the door knew the sender.
  proof        jsonb       NOT NULL,
  -- Market time.
  received_at  timestamptz NOT NULL,
  -- The site that it is about, where that could be read.
  site_id      text,
  verdict      text        NOT NULL CHECK (verdict IN ('accepted', 'repeated', 'refused')),
  -- Code, where, why and expected of a refusal; note of what was taken.
  refusal      jsonb       CHECK ((refusal IS NOT NULL) = (verdict = 'refused')),
  note         text,
  kept_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (door, sender, nonce)
);
CREATE INDEX door_message_of_site ON door_message (site_id, message_no);

-- What an accepted message says about one instruction, in the order in which it was taken.
CREATE TABLE instruction_word (
  word_no        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_no     bigint  NOT NULL UNIQUE REFERENCES door_message,
  site_id        text    NOT NULL,
  instruction_id text    NOT NULL,
  kind           text    NOT NULL CHECK (kind IN ('instruct', 'recall', 'acknowledge')),
  word           jsonb   NOT NULL
);
CREATE INDEX instruction_word_of_site ON instruction_word (site_id, instruction_id, word_no);

-- Words that the site's workflow has in its mailbox.
CREATE TABLE instruction_told (
  word_no bigint      PRIMARY KEY REFERENCES instruction_word,
  told_at timestamptz NOT NULL DEFAULT now()
);

-- Awards of ancillary services, as a QSE passed them on.
CREATE TABLE as_award (
  message_no   bigint      NOT NULL REFERENCES door_message,
  position     integer     NOT NULL,
  site_id      text        NOT NULL,
  resource     text        NOT NULL,
  qse          text        NOT NULL,
  as_type      text        NOT NULL,
  market_type  text,
  trading_date date        NOT NULL,
  starts_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  awarded_mw   numeric     NOT NULL,
  PRIMARY KEY (message_no, position)
);
CREATE INDEX as_award_of_site ON as_award (site_id, starts_at);

-- Who knocked and was not known, or not to be believed: counted by the hour, so that nobody fills the disk with it.
CREATE TABLE door_stranger (
  door         text        NOT NULL,
  hour         timestamptz NOT NULL,
  -- Whom it named, where it named one of the configuration; else empty.
  named        text        NOT NULL,
  why          text        NOT NULL,
  times        integer     NOT NULL,
  content_hash text        NOT NULL,
  newest_at    timestamptz NOT NULL,
  PRIMARY KEY (door, hour, named, why)
);

GRANT SELECT, INSERT ON door_message, instruction_word, instruction_told, as_award TO ballast_app;
GRANT SELECT, INSERT, UPDATE ON door_stranger TO ballast_app;
