-- Up Migration

-- An id of an instruction is its issuer's own. Clocks from before have no issuer, and mean whichever has the id.
ALTER TABLE response_clock ADD COLUMN issuer text;
