-- Up Migration

-- Awards of a message that a site's workflow has in its mailbox.
CREATE TABLE as_award_told (
  message_no bigint      NOT NULL REFERENCES door_message,
  site_id    text        NOT NULL,
  told_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (message_no, site_id)
);

-- Awards of a message that a site will never take up, and why: all were over before it could be told, or it is out of
-- service for good.
CREATE TABLE as_award_ended (
  message_no bigint      NOT NULL REFERENCES door_message,
  site_id    text        NOT NULL,
  why        text        NOT NULL,
  ended_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (message_no, site_id)
);

GRANT SELECT, INSERT ON as_award_told, as_award_ended TO ballast_app;
