import { readFileSync } from "node:fs";
import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../../adapters/postgres/evidenceStore.ts";
import { postgresJournal } from "../../adapters/postgres/journal.ts";
import { postgresOperatorAdmissions } from "../../adapters/postgres/operatorAdmissions.ts";
import { citedDocuments, loggedCommands } from "../../adapters/postgres/bundleRows.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import type { BundleStatement, JournalLedgerRow, MeterLedgerRow } from "../../domain/evidence/ledgers.ts";
import type { BundleManifest, EvidenceRun } from "../../domain/evidence/model.ts";
import { dayEnd, dayStart, operatingDayOf } from "../../domain/market/calendar.ts";
import type { SettledMeter } from "../../domain/settlement/dayFacts.ts";
import { dayMeters } from "../../domain/settlement/dayMeters.ts";
import { metersReadSince } from "../../domain/settlement/metersReadSince.ts";
import { chargedVersions, originalOf } from "../../domain/statement/chargedVersions.ts";
import type { Statement } from "../../domain/statement/model.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { DocumentArchive } from "../../ports/documentArchive.ts";
import type { StoredSettlement } from "../../ports/journalStore.ts";
import type { StatementRecord } from "../../ports/statementStore.ts";
import { postgresRegisterStore } from "../../adapters/postgres/registerStore.ts";
import { BundleError } from "../../replay/bundleFile.ts";
import { type BundleContent, writeBundle } from "../../replay/writeBundle.ts";
import { buildId } from "../buildId.ts";
import { newFolder } from "../newFolder.ts";
import { SIGNING_KEY_ENV } from "../worker/signingKey.ts";
import type { Deployment } from "../worker/deployment.ts";
import { settledMeters } from "../worker/settledMeters.ts";

/**
 * Write the audit bundle of a site's exported runs and of everything settled and stated from them into a new folder,
 * all or nothing and on disk when it returns.
 * `createdAt` is market time: commands, timeline and documents go up to it, or to the end of the last settled day.
 * The manifest is signed when there is a key: `signingKeyFile`, else the file that `BALLAST_SIGNING_KEY_FILE` names.
 * @throws CommandError when the folder exists already (evidence is never overwritten) or there is no room; BundleError
 * when the key file cannot be read; KeyError when it holds no Ed25519 private key.
 */
export async function exportBundle(
  dir: string,
  pool: Pool,
  deployment: Deployment,
  createdAt: Instant,
  options: {
    readonly signingKeyFile?: string;
    /** Where documents lie that have left the database. */
    readonly archive?: DocumentArchive;
    /** They stay there: the audit is given the archive too. */
    readonly isArchiveApart?: boolean;
    /** What is wrong with it: the bundle says so. */
    readonly archiveProblem?: string;
  } = {},
): Promise<BundleManifest> {
  const { siteId } = deployment.plan;
  const runs = await postgresEvidenceStore(pool).runs(siteId);
  const settlements = await allSettlements(pool, siteId);
  const statements = await postgresJournal(pool).statements(siteId);
  const days = settlements.map((one) => one.input.operatingDay).sort();
  const [from, to] = [
    dayStart(days.at(0) ?? operatingDayOf(createdAt)),
    dayEnd(days.at(-1) ?? operatingDayOf(createdAt)),
  ];
  // A run can close amid a day that is not settled yet: what it did until now belongs to its history.
  const until = addSeconds(createdAt > to ? createdAt : to, 1);
  const signingKeyPem = signingKey(options.signingKeyFile ?? (process.env[SIGNING_KEY_ENV] || undefined));
  const content: BundleContent = {
    siteId,
    createdAt,
    buildId: buildId(),
    signingKeyPem,
    archiveProblem: options.archiveProblem,
    runs: withBytes(pool, runs),
    settlements,
    statements: statements.map((record) => ({ ...record, ...bundleStatement(record, statements) })),
    commands: await loggedCommands(pool, siteId, until),
    operators: await postgresOperatorAdmissions(pool).keysUsed(siteId),
    registers: (await postgresRegisterStore(pool).betweenAndNext(siteId, from, to)).map(
      ({ meterId, boundaryAt, readAt, registerWh, quality }) => ({
        meterId,
        boundaryAt,
        readAt,
        registerWh: registerWh?.toString(),
        quality,
      }),
    ),
    meters: metersReadSince(
      metersOf(deployment, settlements),
      await postgresRegisterStore(pool).firstBoundaries(siteId),
    ).map((meter): MeterLedgerRow => ({
      ...meter,
      rolloverWh: meter.rolloverWh.toString(),
      plausibleMaxWh: meter.plausibleMaxWh?.toString(),
    })),
    timeline: await postgresDecisionStore(pool).timeline(siteId, until),
    journal: [...(await postedEntries(pool, siteId, days)), ...entriesOfStatements(statements)],
    documents: await citedDocuments(pool, until, { archive: options.archive, isApart: options.isArchiveApart }),
  };
  return newFolder(dir, "an audit bundle", (draft) => writeBundle(draft, content));
}

/** Meters of the configuration, and those that it has lost since a day was settled by them. */
function metersOf(deployment: Deployment, settlements: readonly StoredSettlement[]): SettledMeter[] {
  const meters = new Map(settledMeters(deployment).map((meter) => [meter.meterId, meter]));
  for (const { input } of settlements)
    for (const { readUntil: _left, ...meter } of dayMeters(input) ?? [])
      if (!meters.has(meter.meterId)) meters.set(meter.meterId, meter);
  return [...meters.values()];
}

function signingKey(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new BundleError(
      `signing key ${file}: cannot be read (${(cause as NodeJS.ErrnoException).code}); expected an Ed25519 private ` +
        `key in PEM, or ${SIGNING_KEY_ENV} unset`,
      { cause },
    );
  }
}

/** Day by day, each in the order of posting. */
async function postedEntries(pool: Pool, siteId: string, days: readonly string[]): Promise<JournalLedgerRow[]> {
  const posted: JournalLedgerRow[] = [];
  for (const day of new Set(days)) posted.push(...(await postgresJournal(pool).entriesOfDay(siteId, day)));
  return posted;
}

/** What issuing the statements posted, statement by statement. */
function entriesOfStatements(statements: readonly StatementRecord[]): JournalLedgerRow[] {
  return statements.flatMap(({ entries }) => entries);
}

async function* withBytes(
  pool: Pool,
  runs: readonly EvidenceRun[],
): AsyncGenerator<{ run: EvidenceRun; bytes: Uint8Array }> {
  for (const run of runs) yield { run, bytes: await postgresEvidenceStore(pool).historyBytes(run.runId) };
}

async function allSettlements(pool: Pool, siteId: string): Promise<StoredSettlement[]> {
  const journal = postgresJournal(pool);
  const latest = await journal.latestSettlements(siteId, "1000-01-01", "9999-12-31");
  const versions: StoredSettlement[] = [];
  for (const day of latest) {
    for (let version = 1; version <= day.input.version; version++) {
      const stored = await journal.settlement(siteId, day.input.operatingDay, version);
      if (stored) versions.push(stored);
    }
  }
  return versions;
}

/** Which settled versions a statement's adjustments compared: those charged before it against those it names. */
function bundleStatement({ statement, ordinal }: StatementRecord, issued: readonly StatementRecord[]): BundleStatement {
  const earlier = issued
    .filter((other) => other.statement.clientId === statement.clientId && other.ordinal < ordinal)
    .map((record) => record.statement);
  const adjusted = Map.groupBy(statement.adjustedVersions ?? [], (one) => one.originalStatementId);
  if (adjusted.size === 0) return { statement };
  const adjustments = [...adjusted].map(([originalStatementId, next]) => {
    const original = earlier.find((other) => other.statementId === originalStatementId) as Statement;
    const previous = [...chargedVersions(original, earlier)].map(([operatingDay, version]) => ({
      operatingDay,
      version,
    }));
    return {
      ...originalOf(original),
      previous,
      next: next.map(({ operatingDay, version }) => ({ operatingDay, version })),
    };
  });
  return { statement, adjustments };
}
