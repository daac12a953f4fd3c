import type { DecisionRecord, Freeze } from "../../domain/decision/model.ts";
import type { MachineReading } from "../../domain/dispatch/model.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { MeterReading } from "../../domain/verification/model.ts";
import type { RunSpan } from "../../ports/siteLedger.ts";
import { freezesInForce } from "./commandFreezes.ts";
import { type MoneyRefusal, standingRefusals } from "./moneyRefusals.ts";
import { instantOf, type Pool, type PoolClient, query, transaction } from "./pool.ts";
import { unexportedRuns } from "./siteLedger.ts";
import { type UnreadMeter, unreadMeters } from "./unreadMeters.ts";

/** What the tables say about one site, read at one moment. What has not happened yet is absent. */
export interface SiteStatusRows {
  readonly latest?: DecisionRecord;
  /** The last decision that moved a cohort. */
  readonly latestChange?: DecisionRecord;
  /** Commanded mode of each cohort. */
  readonly modes: readonly CommandedMode[];
  /** Who stopped commands to the site or a cohort, since when and why. */
  readonly freezes: readonly Freeze[];
  /** Newest read of the site meter, at an interval boundary. */
  readonly meter?: MeterNow;
  /** Meters whose register was not read at the site's newest interval boundary. */
  readonly unreadMeters: readonly UnreadMeter[];
  readonly verdict?: {
    readonly revision: number;
    readonly outcome: string;
    readonly measuredDeltaKw?: number;
    readonly seconds?: number;
    readonly sentence: string;
    readonly closedAt: Instant;
    /** What the site meter showed for it; absent where it judged nothing, or its figure is not kept. */
    readonly meter?: MeterNow;
  };
  /** Newest revision whose dispatch has begun. */
  readonly dispatchedRevision?: number;
  /** What came of that revision's commands so far; absent before the first one is logged. */
  readonly commands?: CommandsNow;
  /** When the newest known grid condition was observed. */
  readonly gridObservedAt?: Instant;
  readonly feeds: readonly FeedStanding[];
  readonly stragglers: number;
  /** Runs that made decisions and whose evidence is not kept, but the one that made the newest: it is open. */
  readonly unexported: readonly RunSpan[];
  /** What the site could not do as asked in the last 24 hours: how often, and the newest. */
  readonly findings: { readonly count: number; readonly newest?: string };
  /** Settlements and statements that the rules refuse, oldest first. */
  readonly refusals: readonly MoneyRefusal[];
}

/** One read of the site meter. */
export interface MeterNow {
  readonly readAt: Instant;
  readonly powerKw?: number;
  readonly quality: MeterReading["quality"];
}

/** Machines that one revision commands, counted. Nobody stands in two of the last four figures. */
export interface CommandsNow {
  readonly revision: number;
  readonly ordered: number;
  /** Took the command, or said that they are there already. */
  readonly acknowledged: number;
  /** Read back in the ordered mode, or otherwise, for this revision. */
  readonly asOrdered: number;
  readonly otherwise: number;
  /** Read again since, not for this revision. */
  readonly readSince: number;
  readonly notRead: number;
}

export interface CommandedMode {
  readonly cohortId: string;
  readonly clientId: string;
  readonly modeId: string;
  readonly reason: string;
  /** When it was ordered to this mode: what kept it there afterwards changes nothing. */
  readonly since: Instant;
  readonly ableToRun: number;
}

export interface FeedStanding {
  readonly feedId: string;
  /** When a document last came; absent before the first. */
  readonly lastSeenAt?: Instant;
  readonly polledAt: Instant;
  /** Last poll that was answered, with news or without; absent before the first. */
  readonly answeredAt?: Instant;
  readonly silent: boolean;
}

/** A machine on the operator's list: it did not follow its order. */
export interface StragglerRow {
  readonly machineId: string;
  readonly cohortId?: string;
  readonly revision: number;
  readonly wantedModeId: string;
  readonly state: MachineReading["state"];
  readonly lastOutcome?: string;
  /** Why its state is unknown, else what came of its last command, in the machine's own words. */
  readonly problem?: string;
  readonly since: Instant;
}

/**
 * State of one site from one snapshot of the ledger; changes nothing. `meterIds` and `feedIds` are those of the site.
 * @throws PortUnavailableError when the database is away.
 */
export function readSiteStatus(
  pool: Pool,
  site: {
    readonly siteId: string;
    readonly siteMeterId: string;
    readonly meterIds: readonly string[];
    readonly feedIds: readonly string[];
  },
): Promise<SiteStatusRows> {
  const { siteId, siteMeterId, meterIds, feedIds } = site;
  return inSnapshot(pool, async (on) => {
    const [latest] = await query<{ record: DecisionRecord }>(
      on,
      `SELECT record FROM decision WHERE site_id = $1 ORDER BY sequence DESC LIMIT 1`,
      [siteId],
    );
    const [change] = await query<{ record: DecisionRecord }>(
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
      `SELECT value_key FROM market_observation WHERE kind = 'grid-condition' AND settlement_point = '' AND ` +
        `point_type = '' ORDER BY value_key DESC LIMIT 1`,
    );
    const [late] = await query<{ count: string }>(on, `SELECT count(*) FROM straggler WHERE site_id = $1`, [siteId]);
    return {
      latest: latest?.record,
      latestChange: change?.record,
      modes: await modes(on, siteId),
      freezes: await freezesInForce(on, siteId),
      meter: await meter(on, siteId, siteMeterId),
      unreadMeters: await unreadMeters(on, siteId, meterIds),
      verdict: await verdict(on, siteId),
      dispatchedRevision: fence && Number(fence.revision),
      commands: fence && (await commands(on, siteId, Number(fence.revision))),
      gridObservedAt: grid?.value_key as Instant | undefined,
      feeds: await feeds(on, feedIds),
      stragglers: Number(late?.count),
      unexported: (await unexportedRuns(on, siteId)).filter((run) => run.lastSequence !== latest?.record.sequence),
      findings: await findings(on, siteId),
      refusals: await standingRefusals(on, siteId),
    };
  });
}

/** The operator's straggler list of a site, oldest first. @throws PortUnavailableError when the database is away. */
export async function readStragglers(pool: Pool, siteId: string): Promise<StragglerRow[]> {
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

function inSnapshot<T>(pool: Pool, read: (on: PoolClient) => Promise<T>): Promise<T> {
  return transaction(pool, async (on) => {
    await query(on, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    return read(on);
  });
}

async function modes(on: PoolClient, siteId: string): Promise<CommandedMode[]> {
  const rows = await query<{
    cohort_id: string;
    client_id: string;
    mode_id: string;
    reason: string;
    at: Date;
    able_to_run: number;
  }>(
    on,
    `SELECT cohort_id, client_id, mode_id, reason, able_to_run,
      (SELECT min(at) FROM cohort_mode WHERE site_id = $1 AND cohort_id = newest.cohort_id AND sequence > coalesce((
        SELECT max(sequence) FROM cohort_mode WHERE site_id = $1 AND cohort_id = newest.cohort_id AND
        mode_id <> newest.mode_id), -1)) AS at
       FROM (SELECT DISTINCT ON (cohort_id) * FROM cohort_mode WHERE site_id = $1 ORDER BY cohort_id, sequence DESC)
       AS newest ORDER BY cohort_id`,
    [siteId],
  );
  return rows.map((row) => ({
    cohortId: row.cohort_id,
    clientId: row.client_id,
    modeId: row.mode_id,
    reason: row.reason,
    since: instantOf(row.at),
    ableToRun: row.able_to_run,
  }));
}

async function findings(on: PoolClient, siteId: string): Promise<SiteStatusRows["findings"]> {
  const [row] = await query<{ count: string; newest: string | null }>(
    on,
    `SELECT count(*), (array_agg(problem ORDER BY noted_at DESC))[1] AS newest FROM site_finding WHERE site_id = $1
      AND noted_at > now() - interval '24 hours'`,
    [siteId],
  );
  return { count: Number(row?.count), newest: row?.newest ?? undefined };
}

async function meter(on: PoolClient, siteId: string, meterId: string): Promise<SiteStatusRows["meter"]> {
  const [row] = await query<{ read_at: Date; power_kw: number | null; quality: MeterReading["quality"] }>(
    on,
    `SELECT read_at, power_kw, quality FROM meter_register WHERE site_id = $1 AND meter_id = $2 ORDER BY ` +
      `boundary_at DESC LIMIT 1`,
    [siteId, meterId],
  );
  return row && { readAt: instantOf(row.read_at), powerKw: row.power_kw ?? undefined, quality: row.quality };
}

/** Counted from the command log and the machines as last read back; undefined while nothing is logged. */
async function commands(on: PoolClient, siteId: string, revision: number): Promise<CommandsNow | undefined> {
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

async function verdict(on: PoolClient, siteId: string): Promise<SiteStatusRows["verdict"]> {
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

async function feeds(on: PoolClient, feedIds: readonly string[]): Promise<FeedStanding[]> {
  const rows = await query<{
    feed_id: string;
    last_seen_at: Date | null;
    polled_at: Date;
    state: { silent?: boolean; answeredAt?: Instant };
  }>(on, `SELECT feed_id, last_seen_at, polled_at, state FROM feed_cursor WHERE feed_id = ANY($1) ORDER BY feed_id`, [
    feedIds,
  ]);
  return rows.map((row) => ({
    feedId: row.feed_id,
    lastSeenAt: row.last_seen_at ? instantOf(row.last_seen_at) : undefined,
    polledAt: instantOf(row.polled_at),
    answeredAt: row.state.answeredAt,
    silent: row.state.silent === true,
  }));
}
