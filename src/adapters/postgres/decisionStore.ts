import { createHash } from "node:crypto";
import type { DecisionRecord, Reason } from "../../domain/decision/model.ts";
import { currentDispatch, currentRecord } from "../../domain/decision/schema1.ts";
import type { KeptRecord } from "../../domain/decision/schema1.ts";
import { wholeSplit } from "../../domain/decision/split.ts";
import { recordText } from "../../domain/evidence/recordText.ts";
import { isTripMessageId } from "../../domain/inputs/involuntaryTrip.ts";
import type { TimelineChange } from "../../domain/settlement/timelineModel.ts";
import type { DecisionStore } from "../../ports/decisionStore.ts";
import { PortConflictError } from "../../ports/errors.ts";
import { instantOf, type Pool, type PoolClient, plannedQuery, query, transaction } from "./pool.ts";

/** A line says a split, or, of before splits were, one mode for all machines that were able to run. */
type ModeRow = {
  cohort_id: string;
  client_id: string;
  sequence: string;
  at: Date;
  reason: string;
  able_to_run: number;
  normal_power_w: number;
  feeder_pue: number | null;
} & (
  | { split: TimelineChange["split"]; curtailed: TimelineChange["curtailed"]; mode_id: null }
  | { split: null; mode_id: string; mode_power_w: number }
);

/** Decisions and the timeline of commanded modes in PostgreSQL. */
export function postgresDecisionStore(pool: Pool): DecisionStore {
  return {
    // A quiet price changes no mode: its one statement is a transaction by itself, without two more round trips.
    record: (record, run, changes) => {
      const trips = record.input.inputIds.filter(isTripMessageId);
      if (changes.length === 0 && trips.length === 0) return inserted(pool, record, run);
      return transaction(pool, async (client) => {
        const result = await inserted(client, record, run);
        if (!result.isNew) return result;
        for (const change of changes) await insertChange(client, record.siteId, change);
        if (trips.length > 0) await markTaken(client, record, trips);
        return result;
      });
    },

    async noteFinding({ siteId, at, inputIds, problem }, { runId, noteId }) {
      await query(
        pool,
        `INSERT INTO site_finding (site_id, run_id, note_id, at, input_ids, problem) VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT DO NOTHING`,
        [siteId, runId, noteId, at, inputIds, problem],
      );
    },

    async currentModes(siteId) {
      const rows = await query<ModeRow>(
        pool,
        `SELECT DISTINCT ON (cohort_id) * FROM cohort_mode WHERE site_id = $1 ORDER BY cohort_id, sequence DESC`,
        [siteId],
      );
      return rows.map(modeChange);
    },

    async timeline(siteId, until) {
      const rows = await query<ModeRow>(
        pool,
        `SELECT * FROM cohort_mode WHERE site_id = $1 AND at < $2 ORDER BY sequence, cohort_id`,
        [siteId, until],
      );
      return rows.map(modeChange);
    },

    async dispatched(siteId, revision) {
      // From the newest back: what is driven is among the last, and revisions only grow.
      const [row] = await query<{ dispatch: Parameters<typeof currentDispatch>[0] }>(
        pool,
        `SELECT record -> 'dispatch' AS dispatch FROM decision WHERE site_id = $1
          AND (record -> 'dispatch' ->> 'revision')::numeric <= $2 ORDER BY sequence DESC LIMIT 1`,
        [siteId, revision],
      );
      return row?.dispatch.revision === revision ? currentDispatch(row.dispatch) : undefined;
    },

    async latest(siteId) {
      const [row] = await query<{ record: KeptRecord }>(
        pool,
        `SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`,
        [siteId],
      );
      return row && currentRecord(row.record);
    },

    async between(siteId, from, to) {
      const rows = await query<{ record: KeptRecord }>(
        pool,
        `SELECT record FROM decision WHERE site_id = $1 AND as_of >= $2 AND as_of < $3 ORDER BY sequence`,
        [siteId, from, to],
      );
      return rows.map((row) => currentRecord(row.record));
    },
  };
}

type Run = Parameters<DecisionStore["record"]>[1];

async function inserted(
  on: Pool | PoolClient,
  record: DecisionRecord,
  { workflowId, runId }: Run,
): ReturnType<DecisionStore["record"]> {
  const recordHash = createHash("sha256").update(recordText(record)).digest("hex");
  const { siteId, sequence, input } = record;
  const rows = await plannedQuery(
    on,
    "keep-decision",
    `INSERT INTO decision (site_id, sequence, as_of, workflow_id, run_id, record, record_hash) VALUES ($1, $2, $3, ` +
      `$4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING sequence`,
    [siteId, sequence, input.asOf, workflowId, runId, JSON.stringify(record), recordHash],
  );
  if (rows.length === 0) await refuseOther(on, record, recordHash);
  return { recordHash, isNew: rows.length > 0 };
}

async function insertChange(client: PoolClient, siteId: string, change: TimelineChange): Promise<void> {
  await query(
    client,
    `INSERT INTO cohort_mode (site_id, cohort_id, sequence, at, client_id, split, reason, curtailed, able_to_run, ` +
      `normal_power_w, feeder_pue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      siteId,
      change.cohortId,
      change.sequence,
      change.at,
      change.clientId,
      JSON.stringify(change.split),
      change.reason,
      JSON.stringify(change.curtailed),
      change.ableToRun,
      change.normalPowerW,
      change.feederPue,
    ],
  );
}

/** Trips that a decision took up stand in the site's records from then on. */
async function markTaken(client: PoolClient, { siteId, sequence }: DecisionRecord, trips: string[]): Promise<void> {
  await query(
    client,
    `UPDATE involuntary_trip SET sequence = $2 WHERE site_id = $1 AND trip_id = ANY($3) AND sequence IS NULL`,
    [siteId, sequence, trips],
  );
}

async function refuseOther(on: Pool | PoolClient, record: DecisionRecord, recordHash: string): Promise<void> {
  const [existing] = await query<{ record_hash: string }>(
    on,
    `SELECT record_hash FROM decision WHERE site_id = $1 AND sequence = $2`,
    [record.siteId, record.sequence],
  );
  if (existing?.record_hash === recordHash) return;
  throw new PortConflictError(
    `Decision ${record.sequence} of site ${record.siteId} is already recorded with hash ${existing?.record_hash}, ` +
      `refusing another with hash ${recordHash}.`,
  );
}

function modeChange(row: ModeRow): TimelineChange {
  return {
    cohortId: row.cohort_id,
    clientId: row.client_id,
    sequence: Number(row.sequence),
    at: instantOf(row.at),
    ...splitOf(row),
    ableToRun: row.able_to_run,
    normalPowerW: row.normal_power_w,
    ...(row.feeder_pue === null ? {} : { feederPue: row.feeder_pue }),
  };
}

function splitOf(row: ModeRow): Pick<TimelineChange, "split" | "reason" | "curtailed"> {
  const reason = row.reason as Reason;
  if (row.split !== null) return { split: row.split, reason, curtailed: row.curtailed };
  const belowNormalW = row.able_to_run * (row.normal_power_w - row.mode_power_w);
  return {
    split: wholeSplit(row.mode_id, row.able_to_run),
    reason,
    curtailed: belowNormalW > 0 ? [{ reason, belowNormalW }] : [],
  };
}
