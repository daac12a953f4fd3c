import type { GridInstruction } from "../../domain/inputs/gridInstruction.ts";
import type { StandingTrip } from "../../domain/inputs/involuntaryTrip.ts";
import type { MeterLook, OrderedChanges } from "../../domain/verification/loadFall.ts";
import type { ClockVerdict } from "../../domain/verification/responseClock.ts";
import type { KeptClock, MeterWatch } from "../../ports/meterWatch.ts";
import { instantOf, plannedQuery, type Pool, query } from "./pool.ts";

interface LookRow {
  at: Date;
  power_kw: number | null;
  register_wh: string | null;
  is_moving: boolean;
  meter_id: string | null;
  before_revision: string | null;
  may_fall_kw: number | null;
  moved_cohorts: readonly string[] | null;
  changes: OrderedChanges | null;
  ended_at: Date | null;
  outcome: string | null;
  finished_cohorts: readonly string[] | null;
}

interface ClockRow {
  clock_id: string;
  instruction_id: string;
  issuer: string | null;
  cohort_ids: readonly string[] | null;
  revision: number;
  product: string | null;
  started_at: Date;
  due_at: Date | null;
  base_kw: number | null;
  base_at: Date | null;
  base_revision: string | null;
  target_kw: number | null;
  outcome: ClockVerdict["outcome"] | null;
  seconds: number | null;
  short_kw: number | null;
  sentence: string | null;
  closed_at: Date | null;
}

/** Looks at the site meters and the clocks of instructions in PostgreSQL. */
export function postgresMeterWatch(pool: Pool): MeterWatch {
  return {
    async site(siteId) {
      const [row] = await query<{
        instructions: readonly GridInstruction[] | null;
        trips: readonly StandingTrip[] | null;
        frozen: readonly string[] | null;
        revision: string | null;
        is_dispatching: boolean;
        dispatched_at: Date | null;
      }>(
        pool,
        `SELECT d.facts['instructions'] AS instructions, d.facts['trips'] AS trips, d.facts['frozenCohorts'] AS frozen,
           (SELECT revision FROM dispatch_fence WHERE site_id = $1) AS revision,
           EXISTS (SELECT FROM dispatch_fence f WHERE f.site_id = $1 AND NOT EXISTS (SELECT FROM response_verdict v
             WHERE v.site_id = $1 AND v.revision = f.revision)) AS is_dispatching,
           (SELECT max(closed_at) FROM response_verdict WHERE site_id = $1) AS dispatched_at
         FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT record['input']['facts'] AS facts FROM decision
           WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1) d ON true`,
        [siteId],
      );
      const dispatchedAt = row?.dispatched_at ? instantOf(row.dispatched_at) : undefined;
      return {
        instructions: row?.instructions ?? [],
        trips: row?.trips ?? [],
        frozenCohorts: row?.frozen ?? [],
        isDispatching: row?.is_dispatching === true,
        ...(row?.revision == null ? {} : { revision: Number(row.revision) }),
        ...(dispatchedAt === undefined ? {} : { dispatchedAt }),
      };
    },

    async keepLook(siteId, { at, powerKw, registerWh, isMoving, meterId, beforeRevision, ordered, changes }) {
      await plannedQuery(
        pool,
        "keep-look",
        `INSERT INTO meter_look (site_id, at, power_kw, register_wh, is_moving, meter_id, before_revision, may_fall_kw,
           moved_cohorts, changes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (site_id, at) DO UPDATE
          SET before_revision = excluded.before_revision, may_fall_kw = excluded.may_fall_kw,
            moved_cohorts = excluded.moved_cohorts, changes = excluded.changes
          WHERE excluded.before_revision IS NOT NULL`,
        [
          siteId,
          at,
          powerKw ?? null,
          registerWh?.toString() ?? null,
          isMoving,
          meterId ?? null,
          beforeRevision ?? null,
          ordered?.mayFallKw ?? null,
          ordered?.cohortIds ?? null,
          changes === undefined ? null : JSON.stringify(changes),
        ],
      );
    },

    async looksSince(siteId, since) {
      const rows = await query<LookRow>(
        pool,
        `SELECT l.*, v.closed_at AS ended_at, v.outcome, v.finished_cohorts FROM meter_look l
           LEFT JOIN response_verdict v ON v.site_id = l.site_id AND v.revision = l.before_revision
          WHERE l.site_id = $1 AND l.at >= $2 ORDER BY l.at`,
        [siteId, since],
      );
      return rows.map(look);
    },

    async forget(siteId, before) {
      await query(pool, `DELETE FROM meter_look WHERE site_id = $1 AND at < $2`, [siteId, before]);
    },

    async openClock(siteId, clock) {
      const { clockId, instructionId, issuer, revision, product, cohortIds } = clock;
      const { startedAt, dueAt, baseKw, baseAt, baseRevision, targetKw } = clock;
      await query(
        pool,
        `INSERT INTO response_clock (site_id, clock_id, instruction_id, revision, product, started_at, due_at, base_kw,
           base_at, base_revision, target_kw, issuer, cohort_ids)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
           ON CONFLICT DO NOTHING`,
        [
          siteId,
          clockId,
          instructionId,
          revision,
          product ?? null,
          startedAt,
          dueAt ?? null,
          baseKw ?? null,
          baseAt ?? null,
          baseRevision ?? null,
          targetKw ?? null,
          issuer ?? null,
          cohortIds ?? null,
        ],
      );
    },

    async closeClock(siteId, clockId, { outcome, seconds, shortKw, sentence }, at) {
      await query(
        pool,
        `UPDATE response_clock SET outcome = $3, seconds = $4, short_kw = $5, sentence = $6, closed_at = $7
          WHERE site_id = $1 AND clock_id = $2 AND outcome IS NULL`,
        [siteId, clockId, outcome, seconds ?? null, shortKw ?? null, sentence, at],
      );
    },

    async clocks(siteId, since) {
      const rows = await query<ClockRow>(
        pool,
        `SELECT * FROM response_clock WHERE site_id = $1 AND (outcome IS NULL OR started_at >= $2)
          ORDER BY started_at, clock_id`,
        [siteId, since],
      );
      return rows.map(kept);
    },
  };
}

function look({ at, power_kw, register_wh, is_moving, meter_id, before_revision, ...row }: LookRow): MeterLook {
  const { may_fall_kw: mayFallKw, moved_cohorts: cohortIds, changes, ended_at } = row;
  // An older program kept no cohorts with its verdict: none is known to have finished.
  const finishedCohortIds = row.finished_cohorts ?? [];
  return {
    at: instantOf(at),
    ...(power_kw === null ? {} : { powerKw: power_kw }),
    ...(register_wh === null ? {} : { registerWh: BigInt(register_wh) }),
    isMoving: is_moving,
    ...(meter_id === null ? {} : { meterId: meter_id }),
    ...(before_revision === null ? {} : { beforeRevision: Number(before_revision) }),
    ...(mayFallKw === null || cohortIds === null ? {} : { ordered: { mayFallKw, cohortIds } }),
    ...(changes === null ? {} : { changes }),
    ...(ended_at === null || row.outcome === "superseded"
      ? {}
      : { ended: { at: instantOf(ended_at), isConfirmed: row.outcome === "confirmed", finishedCohortIds } }),
  };
}

function kept(row: ClockRow): KeptClock {
  const { outcome, sentence, closed_at } = row;
  const verdict =
    outcome === null || sentence === null
      ? undefined
      : {
          outcome,
          sentence,
          ...(row.seconds === null ? {} : { seconds: row.seconds }),
          ...(row.short_kw === null ? {} : { shortKw: row.short_kw }),
        };
  return {
    clockId: row.clock_id,
    instructionId: row.instruction_id,
    ...(row.issuer === null ? {} : { issuer: row.issuer }),
    revision: row.revision,
    ...(row.product === null ? {} : { product: row.product }),
    ...(row.cohort_ids === null ? {} : { cohortIds: row.cohort_ids }),
    startedAt: instantOf(row.started_at),
    ...(row.due_at === null ? {} : { dueAt: instantOf(row.due_at) }),
    ...(row.base_kw === null ? {} : { baseKw: row.base_kw }),
    ...(row.base_at === null ? {} : { baseAt: instantOf(row.base_at) }),
    ...(row.base_revision === null ? {} : { baseRevision: Number(row.base_revision) }),
    ...(row.target_kw === null ? {} : { targetKw: row.target_kw }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(closed_at === null ? {} : { closedAt: instantOf(closed_at) }),
  };
}
