import { createHash } from "node:crypto";
import type { DecisionRecord, Reason } from "../../domain/decision/model.ts";
import { recordText } from "../../domain/evidence/recordText.ts";
import type { TimelineChange } from "../../domain/settlement/timeline.ts";
import type { DecisionStore } from "../../ports/decisionStore.ts";
import { PortConflictError } from "../../ports/errors.ts";
import { instantOf, type Pool, query, transaction } from "./pool.ts";

interface ModeRow {
  cohort_id: string;
  client_id: string;
  sequence: string;
  at: Date;
  mode_id: string;
  reason: string;
  able_to_run: number;
  normal_power_w: number;
  mode_power_w: number;
  feeder_pue: number | null;
}

/** Decisions and the timeline of commanded modes in PostgreSQL. */
export function postgresDecisionStore(pool: Pool): DecisionStore {
  return {
    record: (record, run, changes) =>
      transaction(pool, async (client) => {
        const recordHash = createHash("sha256").update(recordText(record)).digest("hex");
        const inserted = await query(
          client,
          `INSERT INTO decision (site_id, sequence, as_of, workflow_id, run_id, record, record_hash) VALUES ($1, ` +
            `$2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING sequence`,
          [
            record.siteId,
            record.sequence,
            record.input.asOf,
            run.workflowId,
            run.runId,
            JSON.stringify(record),
            recordHash,
          ],
        );
        if (inserted.length === 0) return refuseOther(client, record, recordHash);
        for (const change of changes) {
          await query(
            client,
            `INSERT INTO cohort_mode (site_id, cohort_id, sequence, at, client_id, mode_id, reason, able_to_run, ` +
              `normal_power_w, mode_power_w, feeder_pue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
            [
              record.siteId,
              change.cohortId,
              change.sequence,
              change.at,
              change.clientId,
              change.modeId,
              change.reason,
              change.ableToRun,
              change.normalPowerW,
              change.modePowerW,
              change.feederPue,
            ],
          );
        }
        return recordHash;
      }),

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
      const [row] = await query<{ dispatch: NonNullable<DecisionRecord["dispatch"]> }>(
        pool,
        `SELECT record -> 'dispatch' AS dispatch FROM decision WHERE site_id = $1
          AND (record -> 'dispatch' ->> 'revision')::numeric <= $2 ORDER BY sequence DESC LIMIT 1`,
        [siteId, revision],
      );
      return row?.dispatch.revision === revision ? row.dispatch : undefined;
    },

    async latest(siteId) {
      const [row] = await query<{ record: DecisionRecord }>(
        pool,
        `SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`,
        [siteId],
      );
      return row?.record;
    },

    async between(siteId, from, to) {
      const rows = await query<{ record: DecisionRecord }>(
        pool,
        `SELECT record FROM decision WHERE site_id = $1 AND as_of >= $2 AND as_of < $3 ORDER BY sequence`,
        [siteId, from, to],
      );
      return rows.map((row) => row.record);
    },
  };
}

async function refuseOther(
  client: Parameters<Parameters<typeof transaction>[1]>[0],
  record: DecisionRecord,
  recordHash: string,
): Promise<string> {
  const [existing] = await query<{ record_hash: string }>(
    client,
    `SELECT record_hash FROM decision WHERE site_id = $1 AND sequence = $2`,
    [record.siteId, record.sequence],
  );
  if (existing?.record_hash === recordHash) return recordHash;
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
    modeId: row.mode_id,
    reason: row.reason as Reason,
    ableToRun: row.able_to_run,
    normalPowerW: row.normal_power_w,
    modePowerW: row.mode_power_w,
    ...(row.feeder_pue === null ? {} : { feederPue: row.feeder_pue }),
  };
}
