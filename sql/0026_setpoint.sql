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

-- A base tells of each machine what it drew and can do. One that counts whole cohorts, and that no verdict has used up,
-- cannot say it: what is open is measured from the meter as it stands.
DELETE FROM dispatch_base b WHERE NOT EXISTS (
  SELECT FROM response_verdict v
   WHERE v.site_id = b.site_id AND v.revision = b.revision AND v.outcome <> 'superseded'
);
