import type { FeedState } from "../../domain/inputs/feedState.ts";
import { currentRecord } from "../../domain/decision/schema1.ts";
import type { KeptRecord } from "../../domain/decision/schema1.ts";
import { wholeSplit } from "../../domain/decision/split.ts";
import type { Split } from "../../domain/decision/split.ts";
import { isSilentWord } from "../../domain/inputs/feedSilence.ts";
import { gridCondition } from "../../domain/inputs/gridCondition.ts";
import type { MeterId, SiteId } from "../../domain/units/ids.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { MeterReading } from "../../domain/verification/model.ts";
import type {
  CommandedMode,
  CommandsNow,
  FeedStanding,
  MeterNow,
  SiteScope,
  SiteStatusRows,
} from "../../ports/siteRecords.ts";
import { freezesInForce } from "./commandFreezes.ts";
import { doorsNow } from "./doorsNow.ts";
import { untakenTrips } from "./involuntaryTrips.ts";
import { standingRefusals } from "./moneyRefusals.ts";
import { instantOf, type Pool, type PoolClient, query, transaction } from "./pool.ts";
import { stopsInForce } from "./safetyStops.ts";
import { unexportedRuns } from "./siteLedger.ts";
import { stopInputsOf } from "./stopInputs.ts";
import { unreadMeters } from "./unreadMeters.ts";

/**
 * State of one site from one snapshot of the ledger; changes nothing.
 * @throws PortUnavailableError when the database is away.
 */
export function readSiteStatus(pool: Pool, site: SiteScope): Promise<SiteStatusRows> {
  const { siteId, siteMeterId, meterIds, feedIds } = site;
  return inSnapshot(pool, async (on) => {
    const [latest] = await query<{ record: KeptRecord }>(
      on,
      `SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`,
      [siteId],
    );
    const [change] = await query<{ record: KeptRecord }>(
      on,
      `SELECT record FROM decision WHERE site_id = $1 AND record['output']['changes'] = 'true' ORDER BY sequence ` +
        `DESC LIMIT 1`,
      [siteId],
    );
    const [fence] = await query<{ revision: string }>(on, `SELECT revision FROM dispatch_fence WHERE site_id = $1`, [
      siteId,
    ]);
    const [grid] = await query<{ value_key: string }>(
      on,
      `SELECT value_key FROM market_observation WHERE kind = $1 AND settlement_point = '' AND point_type = '' ` +
        `ORDER BY value_key DESC LIMIT 1`,
      [gridCondition.kind],
    );
    const [late] = await query<{ count: string }>(on, `SELECT count(*) FROM straggler WHERE site_id = $1`, [siteId]);
    return {
      latest: latest && currentRecord(latest.record),
      latestChange: change && currentRecord(change.record),
      modes: await modes(on, siteId),
      freezes: await freezesInForce(on, siteId),
      meter: await meter(on, siteId, siteMeterId),
      unreadMeters: await unreadMeters(on, siteId, meterIds),
      verdict: await verdict(on, siteId),
      dispatchedRevision: fence && Number(fence.revision),
      commands: fence && (await commands(on, siteId, Number(fence.revision))),
      gridObservedAt: grid?.value_key as Instant | undefined,
      feeds: await feeds(on, siteId, feedIds),
      stragglers: Number(late?.count),
      unexported: (await unexportedRuns(on, siteId)).filter((run) => run.lastSequence !== latest?.record.sequence),
      findings: await findings(on, siteId),
      doors: await doorsNow(on, siteId),
      keptHolds: { trips: await untakenTrips(on, siteId), stops: await stopsInForce(on, siteId) },
      stopInputs: await stopInputsOf(on, siteId),
      refusals: await standingRefusals(on, siteId),
    };
  });
}

function inSnapshot<T>(pool: Pool, read: (on: PoolClient) => Promise<T>): Promise<T> {
  return transaction(pool, async (on) => {
    await query(on, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    return read(on);
  });
}

async function modes(on: PoolClient, siteId: SiteId): Promise<CommandedMode[]> {
  const rows = await query<{
    cohort_id: string;
    client_id: string;
    mode_id: string | null;
    split: Split | null;
    reason: string;
    at: Date;
    able_to_run: number;
  }>(
    on,
    `WITH line AS (SELECT *, CASE WHEN split IS NULL THEN mode_id WHEN jsonb_array_length(split) = 1
        THEN split -> 0 ->> 'modeId' ELSE split::text END AS modes FROM cohort_mode WHERE site_id = $1)
     SELECT cohort_id, client_id, mode_id, split, reason, able_to_run,
      (SELECT min(at) FROM line WHERE cohort_id = newest.cohort_id AND sequence > coalesce((
        SELECT max(sequence) FROM line WHERE cohort_id = newest.cohort_id AND modes <> newest.modes), -1)) AS at
       FROM (SELECT DISTINCT ON (cohort_id) * FROM line ORDER BY cohort_id, sequence DESC)
       AS newest ORDER BY cohort_id`,
    [siteId],
  );
  return rows.map((row) => ({
    cohortId: row.cohort_id,
    clientId: row.client_id,
    split: row.split ?? wholeSplit(row.mode_id as string, row.able_to_run),
    reason: row.reason,
    since: instantOf(row.at),
    ableToRun: row.able_to_run,
  }));
}

async function findings(on: PoolClient, siteId: SiteId): Promise<SiteStatusRows["findings"]> {
  const [row] = await query<{ count: string; newest: string | null }>(
    on,
    `SELECT count(*), (array_agg(problem ORDER BY noted_at DESC))[1] AS newest FROM site_finding WHERE site_id = $1
      AND noted_at > now() - interval '24 hours'`,
    [siteId],
  );
  return { count: Number(row?.count), newest: row?.newest ?? undefined };
}

async function meter(on: PoolClient, siteId: SiteId, meterId: MeterId): Promise<SiteStatusRows["meter"]> {
  const [row] = await query<{ read_at: Date; power_kw: number | null; quality: MeterReading["quality"] }>(
    on,
    `SELECT * FROM (
       (SELECT read_at, power_kw, quality FROM meter_register WHERE site_id = $1 AND meter_id = $2
         ORDER BY boundary_at DESC LIMIT 1)
       UNION ALL
       (SELECT at, power_kw, 'metered' FROM meter_look WHERE site_id = $1 AND meter_id = $2 AND power_kw IS NOT NULL
         ORDER BY at DESC LIMIT 1)) newest
     ORDER BY read_at DESC LIMIT 1`,
    [siteId, meterId],
  );
  return row && { readAt: instantOf(row.read_at), powerKw: row.power_kw ?? undefined, quality: row.quality };
}

/** Counted from the command log and the machines as last read back; undefined while nothing is logged. */
async function commands(on: PoolClient, siteId: SiteId, revision: number): Promise<CommandsNow | undefined> {
  const [row] = await query<Record<"ordered" | "acknowledged" | "as_ordered" | "otherwise" | "read_since", string>>(
    on,
    `WITH told AS (SELECT machine_id, max(at) AS at, bool_or(outcome IN ('acknowledged', 'already-there')) AS took
       FROM command_log WHERE site_id = $1 AND revision = $2 GROUP BY machine_id)
     SELECT count(*) AS ordered, count(*) FILTER (WHERE took) AS acknowledged,
       count(*) FILTER (WHERE m.revision = $2 AND m.at_target) AS as_ordered,
       count(*) FILTER (WHERE m.revision = $2 AND NOT m.at_target AND m.state <> 'unknown') AS otherwise,
       count(*) FILTER (WHERE m.revision IS DISTINCT FROM $2 AND m.read_at > told.at) AS read_since
       FROM told LEFT JOIN machine_state m ON m.site_id = $1 AND m.machine_id = told.machine_id`,
    [siteId, revision],
  );
  const [ordered, acknowledged, asOrdered, otherwise, readSince] = [
    row?.ordered,
    row?.acknowledged,
    row?.as_ordered,
    row?.otherwise,
    row?.read_since,
  ].map(Number) as [number, number, number, number, number];
  if (ordered === 0) return undefined;
  const notRead = ordered - asOrdered - otherwise - readSince;
  return { revision, ordered, acknowledged, asOrdered, otherwise, readSince, notRead };
}

async function verdict(on: PoolClient, siteId: SiteId): Promise<SiteStatusRows["verdict"]> {
  const [row] = await query<VerdictRow>(
    on,
    `SELECT v.revision, v.outcome, v.measured_delta_kw, v.seconds, v.sentence, v.closed_at, b.before_kw, (
       SELECT record -> 'input' ->> 'asOf' FROM decision WHERE site_id = $1 AND
         (record -> 'dispatch' ->> 'revision')::numeric <= v.revision ORDER BY sequence DESC LIMIT 1) AS decided_at
       FROM response_verdict v LEFT JOIN dispatch_base b USING (site_id, revision) WHERE v.site_id = $1
      ORDER BY v.revision DESC LIMIT 1`,
    [siteId],
  );
  if (!row) return undefined;
  return {
    revision: Number(row.revision),
    outcome: row.outcome,
    measuredDeltaKw: row.measured_delta_kw ?? undefined,
    seconds: row.seconds ?? undefined,
    sentence: row.sentence,
    closedAt: instantOf(row.closed_at),
    meter: meterOf(row),
  };
}

interface VerdictRow {
  readonly revision: string;
  readonly outcome: string;
  readonly measured_delta_kw: number | null;
  readonly seconds: number | null;
  readonly sentence: string;
  readonly closed_at: Date;
  readonly before_kw: number | null;
  readonly decided_at: Instant | null;
}

/** The meter as the verdict saw it: what it showed before the order and the change since, or that it was silent. */
function meterOf({ seconds, before_kw: beforeKw, measured_delta_kw, decided_at }: VerdictRow): MeterNow | undefined {
  if (seconds === null || beforeKw === null || decided_at === null) return undefined;
  const readAt = addSeconds(decided_at, seconds);
  return measured_delta_kw === null
    ? { readAt, quality: "missing" }
    : { readAt, powerKw: beforeKw + measured_delta_kw, quality: "metered" };
}

/** Silent as this site was told, where it has a limit of its own. */
async function feeds(on: PoolClient, siteId: SiteId, feedIds: readonly string[]): Promise<FeedStanding[]> {
  const rows = await query<{
    feed_id: string;
    last_seen_at: Date | null;
    polled_at: Date;
    state: Pick<FeedState, "silent" | "answeredAt" | "waitsSince" | "told">;
  }>(on, `SELECT feed_id, last_seen_at, polled_at, state FROM feed_cursor WHERE feed_id = ANY($1) ORDER BY feed_id`, [
    feedIds,
  ]);
  return rows.map((row) => ({
    feedId: row.feed_id,
    lastSeenAt: row.last_seen_at ? instantOf(row.last_seen_at) : undefined,
    polledAt: instantOf(row.polled_at),
    answeredAt: row.state.answeredAt,
    waitsSince: row.state.waitsSince,
    silent: isSilentFor(siteId, row.state),
  }));
}

function isSilentFor(siteId: SiteId, { silent, told }: Pick<FeedState, "silent" | "told">): boolean {
  return told?.silences === undefined ? silent === true : isSilentWord(told.silences[siteId]);
}
