import { runFile } from "../../domain/evidence/linkRun.ts";
import type { EvidenceRun } from "../../domain/evidence/model.ts";
import { PortConflictError, PortDataError } from "../../ports/errors.ts";
import type { EvidenceStore } from "../../ports/evidenceRuns.ts";
import { instantOf, type Pool, query } from "./pool.ts";

interface RunRow {
  sequence: number;
  workflow_id: string;
  run_id: string;
  closed_at: Date;
  events: number;
  build_id: string;
  digest: string;
  previous_chain_hash: string;
  chain_hash: string;
  gap: boolean;
}

/**
 * The chain of exported runs with their bytes in PostgreSQL. Throws PortConflictError for other bytes of a run that is
 * kept and for a place in the chain that another run has taken, PortDataError for a run that is not kept.
 */
export function postgresEvidenceStore(pool: Pool): EvidenceStore {
  return {
    async latestRun(siteId) {
      const [row] = await query<RunRow>(pool, `${SELECT} WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`, [siteId]);
      return row && evidenceRun(row);
    },

    async saveRun(siteId, run, bytes) {
      const inserted = await query(
        pool,
        `INSERT INTO evidence_run (site_id, sequence, workflow_id, run_id, closed_at, events, build_id, digest,
          previous_chain_hash, chain_hash, gap, history)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING run_id`,
        [
          siteId,
          run.sequence,
          run.workflowId,
          run.runId,
          run.closedAt,
          run.events,
          run.buildId,
          run.digest,
          run.previousChainHash,
          run.chainHash,
          run.gap === true,
          Buffer.from(bytes),
        ],
      );
      if (inserted.length > 0) return;
      const [existing] = await query<RunRow>(pool, `${SELECT} WHERE run_id = $1`, [run.runId]);
      if (existing?.digest === run.digest) return;
      if (existing === undefined) {
        throw new PortConflictError(
          `Place ${run.sequence} in the chain of site ${siteId} was taken while run ${run.runId} was being kept; ` +
            `link it again.`,
        );
      }
      throw new PortConflictError(
        `Run ${run.runId} of ${run.workflowId} is already kept with digest ${existing.digest}, refusing other ` +
          `bytes with digest ${run.digest}.`,
      );
    },

    async runs(siteId) {
      return (await query<RunRow>(pool, `${SELECT} WHERE site_id = $1 ORDER BY sequence`, [siteId])).map(evidenceRun);
    },

    async historyBytes(runId) {
      const [row] = await query<{ history: Buffer }>(pool, `SELECT history FROM evidence_run WHERE run_id = $1`, [
        runId,
      ]);
      if (!row) throw new PortDataError(`No exported history of run ${runId} is kept.`);
      return row.history;
    },
  };
}

const SELECT =
  "SELECT sequence, workflow_id, run_id, closed_at, events, build_id, digest, previous_chain_hash, chain_hash, gap " +
  "FROM evidence_run";

function evidenceRun(row: RunRow): EvidenceRun {
  return {
    sequence: row.sequence,
    workflowId: row.workflow_id,
    runId: row.run_id,
    closedAt: instantOf(row.closed_at),
    events: row.events,
    buildId: row.build_id,
    digest: row.digest,
    previousChainHash: row.previous_chain_hash,
    chainHash: row.chain_hash,
    file: runFile(row.sequence, row.run_id),
    ...(row.gap ? { gap: true as const } : {}),
  };
}
