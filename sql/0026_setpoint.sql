-- Up Migration

-- What a machine holds, and what it is to go back to, in whatever form: {"kind": "profile", "profile": "490MHz"},
-- {"kind": "watts", "watts": 2100} or {"kind": "percent", "percent": 60}.
ALTER TABLE machine_state ADD COLUMN setpoint jsonb, ADD COLUMN setpoint_before jsonb;
UPDATE machine_state SET
  setpoint = CASE WHEN profile IS NOT NULL THEN jsonb_build_object('kind', 'profile', 'profile', profile) END,
  setpoint_before =
    CASE WHEN profile_before IS NOT NULL THEN jsonb_build_object('kind', 'profile', 'profile', profile_before) END;
ALTER TABLE machine_state DROP COLUMN profile, DROP COLUMN profile_before;

ALTER TABLE command_log ADD COLUMN setpoint_before jsonb;
UPDATE command_log SET setpoint_before = jsonb_build_object('kind', 'profile', 'profile', profile_before)
  WHERE profile_before IS NOT NULL;
ALTER TABLE command_log DROP COLUMN profile_before;
