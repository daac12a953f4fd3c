-- Up Migration

-- Whoever tells sites of awards looks at the newest alone, again and again.
CREATE INDEX as_award_by_end ON as_award (ends_at);
