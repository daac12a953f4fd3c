import type { MachineReading } from "../../domain/dispatch/model.ts";
import type {
  CommandEntry,
  DispatchBase,
  FleetLedger,
  JudgedReading,
  MachineStanding,
  Straggler,
} from "../../ports/fleetLedger.ts";
import type { CohortId, SiteId } from "../../domain/units/ids.ts";
import type { RunningSetpoint } from "../../domain/units/setpoint.ts";
import { instantOf, type Pool, query, transaction } from "./pool.ts";
import { storeRowByRow } from "./rowByRow.ts";

/** Commands, read-backs, fence and straggler list in PostgreSQL. */
export function postgresFleetLedger(pool: Pool): FleetLedger {
  return {
    async open(siteId, revision, now) {
      const [row] = await query<{ revision: string }>(
        pool,
        `INSERT INTO dispatch_fence (site_id, revision) VALUES ($1, $2)
         ON CONFLICT (site_id) DO UPDATE SET revision = greatest(dispatch_fence.revision, excluded.revision) RETURNING
           revision`,
        [siteId, revision],
      );
      const kept = await keptBase(pool, siteId, revision);
      const base = kept ?? { ...(await now()), ofRevision: revision };
      await query(
        pool,
        `INSERT INTO dispatch_base (site_id, revision, of_revision, before_kw, cohorts) VALUES ($1, $2, $3, $4, ` +
          `$5) ON CONFLICT DO NOTHING`,
        [siteId, revision, base.ofRevision, base.beforeKw ?? null, JSON.stringify(base.cohorts)],
      );
      const { ofRevision: baseRevision } = base;
      return { newest: Number(row?.revision), base, baseRevision, resumed: baseRevision < revision };
    },

    async newestRevision(siteId) {
      const [row] = await query<{ revision: string }>(pool, `SELECT revision FROM dispatch_fence WHERE site_id = $1`, [
        siteId,
      ]);
      return row === undefined ? undefined : Number(row.revision);
    },

    async commanded(siteId, revision, attempt) {
      const rows = await query<{ machine_id: string }>(
        pool,
        `SELECT machine_id FROM command_log WHERE site_id = $1 AND revision = $2 AND attempt = $3`,
        [siteId, revision, attempt],
      );
      const [before] = await query<{ judged: boolean }>(
        pool,
        `SELECT coalesce(v.outcome <> 'superseded', false) AS judged FROM dispatch_base b LEFT JOIN response_verdict v
          ON v.site_id = b.site_id AND v.revision = b.revision WHERE b.site_id = $1 AND b.revision < $2
          ORDER BY b.revision DESC LIMIT 1`,
        [siteId, revision],
      );
      return { machineIds: new Set(rows.map((row) => row.machine_id)), takesBack: before?.judged === false };
    },

    logCommands: (siteId, revision, attempt, entries) =>
      storeRowByRow(
        entries,
        (rows) => logRows(pool, siteId, revision, attempt, rows),
        (entry, problem) => ({
          ...entry,
          setpointBefore: undefined,
          detail: `what the machine said is not kept: ${problem}`,
        }),
      ),

    async standing(siteId, cohortId) {
      const rows = await query<{
        machine_id: string;
        cohort_id: string;
        state: MachineReading["state"];
        setpoint_before: RunningSetpoint | null;
        at_target: boolean | null;
      }>(
        pool,
        `SELECT machine_id, cohort_id, state, setpoint_before, at_target FROM machine_state WHERE site_id = $1 AND ` +
          `($2::text IS NULL OR cohort_id = $2)`,
        [siteId, cohortId ?? null],
      );
      return new Map<string, MachineStanding>(
        rows.map((row) => [
          row.machine_id,
          {
            machineId: row.machine_id,
            cohortId: row.cohort_id,
            state: row.state,
            setpointBefore: row.setpoint_before ?? undefined,
            atTarget: row.at_target ?? undefined,
          },
        ]),
      );
    },

    saveReadings: (siteId, cohortId, revision, readings, onlyUnknown) =>
      storeRowByRow(
        readings,
        (rows) => saveRows(pool, { siteId, cohortId, revision, onlyUnknown }, rows),
        ({ machineId, readAt }, problem): JudgedReading => ({
          machineId,
          readAt,
          state: "unknown",
          atTarget: false,
          problem,
        }),
      ),

    close: (siteId, revision, verdict, closedAt) =>
      transaction(pool, async (client) => {
        const outcome = verdict === "superseded" ? "superseded" : verdict.outcome;
        const sentence = verdict === "superseded" ? "A newer revision took over." : verdict.sentence;
        await query(
          client,
          `INSERT INTO response_verdict (site_id, revision, outcome, measured_delta_kw, seconds, sentence, closed_at,
             finished_cohorts) VALUES ($1, $2, $3, $4, $5, $6, $7, ARRAY(
               SELECT c.cohort_id FROM
                 (SELECT DISTINCT machine_id, cohort_id FROM command_log WHERE site_id = $1 AND revision = $2) c
                 LEFT JOIN machine_state s ON s.site_id = $1 AND s.machine_id = c.machine_id AND s.revision = $2
                GROUP BY c.cohort_id HAVING bool_and(s.at_target IS TRUE) ORDER BY c.cohort_id))
           ON CONFLICT DO NOTHING`,
          [
            siteId,
            revision,
            outcome,
            verdict === "superseded" ? null : (verdict.measuredDeltaKw ?? null),
            verdict === "superseded" ? null : verdict.secondsSinceOrder,
            sentence,
            closedAt,
          ],
        );
        if (verdict === "superseded") return [];
        await query(
          client,
          `DELETE FROM straggler USING machine_state WHERE straggler.site_id = $1 AND machine_state.site_id = $1 ` +
            `AND machine_state.machine_id = straggler.machine_id AND machine_state.at_target`,
          [siteId],
        );
        await query(
          client,
          `INSERT INTO straggler (site_id, machine_id, revision, mode_id, state, last_outcome, since)
           SELECT $1, s.machine_id, $2, c.mode_id, s.state, c.outcome, $3 FROM machine_state s
             JOIN LATERAL (SELECT mode_id, outcome FROM command_log WHERE site_id = $1 AND revision = $2 AND machine_id
               = s.machine_id ORDER BY attempt DESC LIMIT 1) c ON true
            WHERE s.site_id = $1 AND s.revision = $2 AND s.at_target = false
           ON CONFLICT (site_id, machine_id) DO UPDATE SET revision = excluded.revision, mode_id = excluded.mode_id,
             state = excluded.state, last_outcome = excluded.last_outcome`,
          [siteId, revision, closedAt],
        );
        return listStragglers(client, siteId);
      }),

    stragglers: (siteId) => listStragglers(pool, siteId),
  };
}

/** As a JSON parameter. A name that no text of the database can hold is refused there, for its own row alone. */
function jsonOf(setpoint: RunningSetpoint | undefined): string | null {
  return setpoint === undefined ? null : JSON.stringify(setpoint);
}

function logRows(
  pool: Pool,
  siteId: SiteId,
  revision: number,
  attempt: number,
  entries: readonly CommandEntry[],
): Promise<void> {
  return transaction(pool, async (client) => {
    await query(
      client,
      `INSERT INTO command_log (site_id, revision, attempt, machine_id, cohort_id, mode_id, outcome, writes,
        setpoint_before, detail, at)
       SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::jsonb[],
         $10::text[], $11::timestamptz[]) ON CONFLICT DO NOTHING`,
      [
        siteId,
        revision,
        attempt,
        entries.map((e) => e.machineId),
        entries.map((e) => e.cohortId),
        entries.map((e) => e.modeId),
        entries.map((e) => e.outcome),
        entries.map((e) => e.writes),
        entries.map((e) => jsonOf(e.setpointBefore)),
        entries.map((e) => e.detail ?? null),
        entries.map((e) => e.at),
      ],
    );
    const held = entries.filter((e) => e.setpointBefore !== undefined);
    await query(
      client,
      `INSERT INTO machine_state (site_id, machine_id, cohort_id, state, setpoint_before, read_at)
       SELECT $1, m, c, 'unknown', p, t FROM unnest($2::text[], $3::text[], $4::jsonb[], $5::timestamptz[]) AS x(m, c,
         p, t)
       ON CONFLICT (site_id, machine_id) DO UPDATE SET setpoint_before = coalesce(machine_state.setpoint_before,
         excluded.setpoint_before)`,
      [
        siteId,
        held.map((e) => e.machineId),
        held.map((e) => e.cohortId),
        held.map((e) => jsonOf(e.setpointBefore)),
        held.map((e) => e.at),
      ],
    );
  });
}

interface ReadFor {
  readonly siteId: SiteId;
  readonly cohortId: CohortId;
  readonly revision?: number;
  /** Where true, what is known of machines that were read before stands. */
  readonly onlyUnknown?: boolean;
}

async function saveRows(
  pool: Pool,
  { siteId, cohortId, revision, onlyUnknown = false }: ReadFor,
  readings: readonly JudgedReading[],
): Promise<void> {
  await query(
    pool,
    `INSERT INTO machine_state (site_id, machine_id, cohort_id, state, power_w, setpoint, at_target, revision, read_at,
      setpoint_before, problem)
     SELECT $1, m, $2, s, w, p, t, $3, r, CASE WHEN m = ANY($11::text[]) THEN p END, why FROM unnest($4::text[],
       $5::text[], $6::double precision[], $7::jsonb[], $8::boolean[], $9::timestamptz[], $12::text[]) AS x(m, s, w, p,
       t, r, why)
     ON CONFLICT (site_id, machine_id) DO UPDATE SET state = excluded.state, power_w = excluded.power_w, setpoint =
       excluded.setpoint, at_target = excluded.at_target, revision = excluded.revision, read_at = excluded.read_at,
       problem = excluded.problem, setpoint_before = CASE WHEN excluded.machine_id = ANY($10::text[]) THEN NULL ELSE
       coalesce(machine_state.setpoint_before, excluded.setpoint_before) END WHERE NOT $13`,
    [
      siteId,
      cohortId,
      revision ?? null,
      readings.map((r) => r.machineId),
      readings.map((r) => r.state),
      readings.map((r) => r.powerW ?? null),
      readings.map((r) => jsonOf(r.setpoint)),
      readings.map((r) => r.atTarget ?? null),
      readings.map((r) => r.readAt),
      readings.filter((r) => r.restored).map((r) => r.machineId),
      readings.filter((r) => r.restPoint).map((r) => r.machineId),
      readings.map((r) => r.problem ?? null),
      onlyUnknown,
    ],
  );
}

/**
 * Of the newest revision opened up to this one, unless that is an older one that the meter has judged, or whose meter
 * was silent.
 */
async function keptBase(
  pool: Pool,
  siteId: SiteId,
  revision: number,
): Promise<(DispatchBase & { ofRevision: number }) | undefined> {
  const [row] = await query<{ of_revision: string; before_kw: number | null; cohorts: DispatchBase["cohorts"] }>(
    pool,
    `SELECT b.of_revision, b.before_kw, b.cohorts FROM dispatch_base b LEFT JOIN response_verdict v ON v.site_id =
      b.site_id AND v.revision = b.revision
      WHERE b.site_id = $1 AND b.revision = (SELECT max(revision) FROM dispatch_base WHERE site_id = $1 AND revision <=
        $2)
        AND (b.revision = $2 OR (b.before_kw IS NOT NULL AND (v.outcome IS NULL OR v.outcome = 'superseded')))`,
    [siteId, revision],
  );
  return row && { ofRevision: Number(row.of_revision), beforeKw: row.before_kw ?? undefined, cohorts: row.cohorts };
}

async function listStragglers(on: Parameters<typeof query>[0], siteId: SiteId): Promise<Straggler[]> {
  const rows = await query<{
    machine_id: string;
    revision: string;
    mode_id: string;
    state: string;
    last_outcome: string | null;
    since: Date;
  }>(on, `SELECT * FROM straggler WHERE site_id = $1 ORDER BY machine_id`, [siteId]);
  return rows.map((row) => ({
    machineId: row.machine_id,
    revision: Number(row.revision),
    modeId: row.mode_id,
    state: row.state,
    lastOutcome: row.last_outcome ?? undefined,
    since: instantOf(row.since),
  }));
}
