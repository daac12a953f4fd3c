import type { DecisionRecord } from "../../domain/decision/model.ts";
import { currentRecord } from "../../domain/decision/schema1.ts";
import type { KeptRecord } from "../../domain/decision/schema1.ts";
import { RECORD_GENESIS } from "../../domain/evidence/recordText.ts";
import type { RunSpan, SiteLedger, SpanEnd } from "../../ports/siteLedger.ts";
import { type Pool, type PoolClient, query } from "./pool.ts";
import type { SiteId } from "../../domain/units/ids.ts";

interface RecordRow {
  record: KeptRecord;
  record_hash: string;
  run_id: string;
}

/** A site's decisions in PostgreSQL, by the runs that made them. */
export function postgresSiteLedger(pool: Pool): SiteLedger {
  return {
    async standing(siteId, recordsMax) {
      const rows = await query<RecordRow>(
        pool,
        `SELECT record, record_hash, run_id FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT $2`,
        [siteId, recordsMax],
      );
      const [newest] = rows;
      if (newest === undefined) return undefined;
      const dispatched = await newestDispatch(pool, siteId);
      return {
        records: rows.map(({ record }) => currentRecord(record)).reverse(),
        recordHash: newest.record_hash,
        runId: newest.run_id,
        revision: revisionOf(dispatched?.record),
        ...(dispatched === undefined || dispatched.answered ? {} : { unanswered: dispatched.record }),
      };
    },

    unexported: (siteId) => unexportedRuns(pool, siteId),

    async spanEnd(siteId, runId, lastSequence) {
      const [own] = await query<{ first: string | null; last: string | null }>(
        pool,
        `SELECT min(sequence) AS first, max(sequence) AS last FROM decision WHERE site_id = $1 AND run_id = $2`,
        [siteId, runId],
      );
      const first = own?.first ?? undefined;
      const last = Number(own?.last ?? lastSequence);
      const [newest] = await query<{ sequence: string; record_hash: string }>(
        pool,
        `SELECT sequence, record_hash FROM decision WHERE site_id = $1 AND sequence <= $2 ORDER BY sequence DESC ` +
          `LIMIT 1`,
        [siteId, last],
      );
      const dispatched = await newestDispatch(pool, siteId, last);
      return {
        ...(first === undefined ? {} : { firstSequence: Number(first) }),
        lastSequence: newest === undefined ? 0 : Number(newest.sequence),
        lastRecordHash: newest?.record_hash ?? RECORD_GENESIS,
        lastRevision: revisionOf(dispatched?.record),
      } satisfies SpanEnd;
    },
  };
}

/** `SiteLedger.unexported`, on any connection. @throws PortUnavailableError when the database is away. */
export async function unexportedRuns(on: Pool | PoolClient, siteId: SiteId): Promise<RunSpan[]> {
  const rows = await query<{ run_id: string; first: string; last: string }>(
    on,
    `SELECT run_id, min(sequence) AS first, max(sequence) AS last FROM decision d WHERE site_id = $1 AND NOT ` +
      `EXISTS (SELECT FROM evidence_run e WHERE e.run_id = d.run_id) GROUP BY run_id ORDER BY first`,
    [siteId],
  );
  return rows.map(({ run_id, first, last }) => ({
    runId: run_id,
    firstSequence: Number(first),
    lastSequence: Number(last),
  }));
}

/** Revisions count from 1: 0 stands before the first. */
function revisionOf(dispatched: DecisionRecord | undefined): number {
  return dispatched?.dispatch === undefined ? 0 : dispatched.dispatch.revision;
}

/** The newest record that commanded the fleet, up to a sequence, and whether the meter has answered it. */
async function newestDispatch(
  pool: Pool,
  siteId: SiteId,
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<{ record: DecisionRecord; answered: boolean } | undefined> {
  const [row] = await query<{ record: KeptRecord; answered: boolean }>(
    pool,
    `SELECT record, EXISTS (SELECT FROM response_verdict v WHERE v.site_id = d.site_id AND v.revision = ` +
      `(d.record['dispatch']['revision'])::bigint) AS answered FROM decision d WHERE site_id = $1 AND sequence <= $2 ` +
      `AND record ? 'dispatch' ORDER BY sequence DESC LIMIT 1`,
    [siteId, upTo],
  );
  return row && { ...row, record: currentRecord(row.record) };
}
