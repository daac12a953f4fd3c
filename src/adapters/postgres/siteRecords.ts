import type { DecisionRecord } from "../../domain/decision/model.ts";
import type { MachineReading } from "../../domain/dispatch/model.ts";
import type { MeterId, SiteId } from "../../domain/units/ids.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { MeterReading } from "../../domain/verification/model.ts";
import type { ClosedVerdict, MeterNow, SiteRecords, StragglerRow } from "../../ports/siteRecords.ts";
import { instantOf, type Pool, query } from "./pool.ts";
import { readSiteStatus } from "./siteStatus.ts";

/** What a running site has committed to PostgreSQL. The pool is the caller's to end. */
export function postgresSiteRecords(pool: Pool): SiteRecords {
  return {
    status: (site) => readSiteStatus(pool, site),
    stragglers: (siteId) => stragglers(pool, siteId),
    decisionsAfter: (siteId, sequence) => decisionsAfter(pool, siteId, sequence),
    verdictsAfter: (siteId, revision, closedBy) => verdictsAfter(pool, siteId, revision, closedBy),
    boundaryRead: (siteId, meterId, until) => boundaryRead(pool, siteId, meterId, until),
  };
}

async function stragglers(pool: Pool, siteId: SiteId): Promise<StragglerRow[]> {
  const rows = await query<{
    machine_id: string;
    cohort_id: string | null;
    revision: string;
    mode_id: string;
    state: MachineReading["state"];
    last_outcome: string | null;
    problem: string | null;
    since: Date;
  }>(
    pool,
    `SELECT s.machine_id, m.cohort_id, s.revision, s.mode_id, coalesce(m.state, s.state) AS state, s.last_outcome,
      coalesce(m.problem, c.detail) AS problem, s.since
       FROM straggler s LEFT JOIN machine_state m USING (site_id, machine_id)
       LEFT JOIN LATERAL (SELECT detail FROM command_log WHERE site_id = s.site_id AND revision = s.revision AND
         machine_id = s.machine_id ORDER BY attempt DESC LIMIT 1) c ON true
      WHERE s.site_id = $1 ORDER BY s.since, s.machine_id`,
    [siteId],
  );
  return rows.map((row) => ({
    machineId: row.machine_id,
    cohortId: row.cohort_id ?? undefined,
    revision: Number(row.revision),
    wantedModeId: row.mode_id,
    state: row.state,
    lastOutcome: row.last_outcome ?? undefined,
    problem: row.problem ?? undefined,
    since: instantOf(row.since),
  }));
}

async function decisionsAfter(pool: Pool, siteId: SiteId, sequence: number): Promise<DecisionRecord[]> {
  const rows = await query<{ record: DecisionRecord }>(
    pool,
    `SELECT record FROM decision WHERE site_id = $1 AND sequence > $2 ORDER BY sequence`,
    [siteId, sequence],
  );
  return rows.map(({ record }) => record);
}

async function verdictsAfter(
  pool: Pool,
  siteId: SiteId,
  revision: number,
  closedBy: Instant | undefined,
): Promise<ClosedVerdict[]> {
  const rows = await query<{ revision: string; outcome: string; sentence: string; closed_at: Date }>(
    pool,
    `SELECT revision, outcome, sentence, closed_at FROM response_verdict WHERE site_id = $1 AND revision > $2
      AND ($3::timestamptz IS NULL OR closed_at <= $3) ORDER BY revision`,
    [siteId, revision, closedBy ?? null],
  );
  return rows.map(({ revision: of, outcome, sentence, closed_at }) => ({
    revision: Number(of),
    outcome,
    sentence,
    closedAt: instantOf(closed_at),
  }));
}

async function boundaryRead(
  pool: Pool,
  siteId: SiteId,
  meterId: MeterId,
  until: Instant,
): Promise<MeterNow | undefined> {
  const [row] = await query<{ read_at: Date; power_kw: number | null; quality: MeterReading["quality"] }>(
    pool,
    `SELECT read_at, power_kw, quality FROM meter_register WHERE site_id = $1 AND meter_id = $3 AND boundary_at <= $2
      ORDER BY boundary_at DESC LIMIT 1`,
    [siteId, until, meterId],
  );
  return row && { readAt: instantOf(row.read_at), powerKw: row.power_kw ?? undefined, quality: row.quality };
}
