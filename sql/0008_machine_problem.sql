-- Up Migration

-- Why a machine's state is unknown, for a person.
ALTER TABLE machine_state ADD COLUMN problem text;
