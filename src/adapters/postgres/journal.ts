import { canonicalJson } from "../../domain/evidence/canonicalJson.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { JournalEntry, SettledDay, SettlementDayInput } from "../../domain/settlement/model.ts";
import type { ChargedKeys, PostedSum } from "../../domain/statement/checkLedger.ts";
import { PortConflictError, PortDataError } from "../../ports/errors.ts";
import type { JournalStore, SettlementRecord, StoredSettlement, TrialBalance } from "../../ports/journalStore.ts";
import { journalError } from "./journalErrors.ts";
import { ENTRY_COLUMNS, entryOf, sha256 } from "./journalRows.ts";
import type { EntryRow } from "./journalRows.ts";
import { insertEntries } from "./journalWrite.ts";
import { query, transaction } from "./pool.ts";
import type { Pool, PoolClient } from "./pool.ts";
import { statementStore } from "./statements.ts";
import type { ClientId, SiteId } from "../../domain/units/ids.ts";
import { sameValue } from "../../domain/units/sameValue.ts";

interface SettlementRow {
  readonly version: number;
  readonly input: string;
  readonly input_hash: string;
  readonly result: string;
  readonly body_hash: string;
  readonly labels: unknown;
}

/**
 * The journal in PostgreSQL (migration 0002): append-only by privilege and by trigger. The pool is the caller's to end.
 */
export function postgresJournal(pool: Pool): JournalStore {
  return {
    recordSettlement: (record) => recordSettlement(pool, record),
    async settlement(siteId, day, version) {
      const [found] = await settlements(
        pool,
        `WHERE site_id = $1 AND operating_day = $2 AND version = coalesce($3::int, (SELECT max(version) FROM ` +
          `settlement_version WHERE site_id = $1 AND operating_day = $2))`,
        [siteId, day, version],
      );
      return found;
    },
    latestSettlements: (siteId, from, to) =>
      settlements(
        pool,
        `s WHERE site_id = $1 AND operating_day BETWEEN $2 AND $3
         AND version = (SELECT max(version) FROM settlement_version l WHERE l.site_id = s.site_id AND l.operating_day =
           s.operating_day)
         ORDER BY operating_day`,
        [siteId, from, to],
      ),
    entriesOfDay: (siteId, day) => entries(pool, siteId, day),
    postedSums: (siteId, clientId, keys) => postedSums(pool, siteId, clientId, keys),
    trialBalance: (siteId) => trialBalance(pool, siteId),
    ...statementStore(pool),
  };
}

async function recordSettlement(pool: Pool, record: SettlementRecord): Promise<"recorded" | "already-recorded"> {
  const { siteId, operatingDay, version } = record.input;
  const what = `settlement of ${siteId} ${operatingDay} version ${version}`;
  refuseMixedRecord(what, record);
  try {
    const texts = {
      input: canonicalJson(record.input),
      result: canonicalJson(record.result),
      bodyHash: sha256(canonicalJson(record)),
    };
    return await transaction(pool, async (client) => {
      if (!(await insertVersion(client, record, texts))) {
        await refuseOtherBody(client, what, record, texts.bodyHash);
        return "already-recorded";
      }
      await insertEntries(client, record.entries);
      return "recorded";
    });
  } catch (error) {
    throw journalError(what, error);
  }
}

async function insertVersion(
  client: PoolClient,
  { input }: SettlementRecord,
  texts: { readonly input: string; readonly result: string; readonly bodyHash: string },
): Promise<boolean> {
  const inserted = await query(
    client,
    `INSERT INTO settlement_version (site_id, operating_day, version, kind, input, input_hash, result, body_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (site_id, operating_day, version) DO NOTHING RETURNING
       version`,
    [
      input.siteId,
      input.operatingDay,
      input.version,
      input.kind,
      texts.input,
      sha256(texts.input),
      texts.result,
      texts.bodyHash,
    ],
  );
  return inserted.length === 1;
}

async function refuseOtherBody(
  client: PoolClient,
  what: string,
  { input }: SettlementRecord,
  bodyHash: string,
): Promise<void> {
  const rows = await query<{ body_hash: string }>(
    client,
    `SELECT body_hash FROM settlement_version WHERE site_id = $1 AND operating_day = $2 AND version = $3`,
    [input.siteId, input.operatingDay, input.version],
  );
  if (rows[0]?.body_hash !== bodyHash) {
    throw new PortConflictError(
      `${what} is recorded with other content (${rows[0]?.body_hash}, now ${bodyHash}); record a changed ` +
        `settlement as the next version`,
    );
  }
}

function refuseMixedRecord(what: string, { input, result, entries: posted }: SettlementRecord): void {
  const { siteId, operatingDay, version } = input;
  const same = (day: { siteId: SiteId; operatingDay: OperatingDay }, of: number) =>
    day.siteId === siteId && day.operatingDay === operatingDay && of === version;
  if (!same(result, result.version))
    throw new PortConflictError(
      `${what}: the result is of ${result.siteId} ${result.operatingDay} version ${result.version}; expected the ` +
        `result of this input`,
    );
  const stray = posted.find((entry) => !same(entry, entry.settlementVersion));
  if (stray !== undefined)
    throw new PortConflictError(
      `${what}: entry ${stray.entryId} is of another day or version; expected the entries of this settlement alone`,
    );
}

async function settlements(pool: Pool, where: string, values: readonly unknown[]): Promise<StoredSettlement[]> {
  try {
    const rows = await query<SettlementRow>(
      pool,
      `SELECT version, input::text AS input, input_hash, result::text AS result, body_hash, jsonb_build_array(` +
        `site_id, operating_day::text, version, kind) AS labels FROM settlement_version ${where}`,
      values,
    );
    return await Promise.all(rows.map((row) => storedOf(pool, row)));
  } catch (error) {
    throw journalError("reading settlements", error);
  }
}

async function storedOf(pool: Pool, row: SettlementRow): Promise<StoredSettlement> {
  const input = JSON.parse(row.input) as SettlementDayInput;
  const what = `settlement of ${input.siteId} ${input.operatingDay} version ${row.version}`;
  if (sha256(row.input) !== row.input_hash)
    throw new PortDataError(
      `${what}: stored input does not match its hash ${row.input_hash}; the row was tampered with or damaged`,
    );
  if (input.schema !== "ballast.settlement-day/1")
    throw new PortDataError(
      `${what}: schema is "${String(input.schema)}"; this version reads ballast.settlement-day/1`,
    );
  const posted = await entries(pool, input.siteId, input.operatingDay, row.version);
  const record = { input, result: JSON.parse(row.result) as SettledDay, entries: posted };
  if (sha256(canonicalJson(record)) !== row.body_hash)
    throw new PortDataError(
      `${what}: stored result or journal entries do not match their hash ${row.body_hash}; a row was tampered with ` +
        `or damaged: restore the database from a backup`,
    );
  const said = [input.siteId, input.operatingDay, input.version, input.kind];
  if (!sameValue(row.labels, said))
    throw new PortDataError(
      `${what}: its columns ${canonicalJson(row.labels)} are not what its input says, ${canonicalJson(said)}; the ` +
        `row was tampered with or damaged: restore the database from a backup`,
    );
  return { ...record, inputHash: row.input_hash };
}

async function entries(pool: Pool, siteId: SiteId, day: OperatingDay, version?: number): Promise<JournalEntry[]> {
  try {
    const rows = await query<EntryRow>(
      pool,
      `SELECT ${ENTRY_COLUMNS} FROM journal_entry e WHERE site_id = $1 AND operating_day = $2 ` +
        `AND statement_id IS NULL AND ($3::int IS NULL OR settlement_version = $3) ORDER BY sequence`,
      [siteId, day, version],
    );
    return rows.map(entryOf);
  } catch (error) {
    throw journalError(`reading journal entries of ${siteId} ${day}`, error);
  }
}

async function postedSums(
  pool: Pool,
  siteId: SiteId,
  clientId: ClientId,
  keys: readonly ChargedKeys[],
): Promise<PostedSum[]> {
  try {
    const rows = await query<{ account: string; reason: string | null; amount: string }>(
      pool,
      `SELECT p.account, e.reason, sum(p.amount_e8)::text AS amount
         FROM unnest($3::date[], $4::int[], $5::int[]) AS k(operating_day, above, up_to)
         JOIN journal_entry e ON e.site_id = $1 AND e.operating_day = k.operating_day
          AND e.settlement_version > k.above AND e.settlement_version <= k.up_to
         JOIN journal_posting p USING (entry_id)
        WHERE e.client_id = $2 AND e.statement_id IS NULL
        GROUP BY p.account, e.reason HAVING sum(p.amount_e8) <> 0
        ORDER BY p.account COLLATE "C", e.reason COLLATE "C"`,
      [
        siteId,
        clientId,
        keys.map(({ operatingDay }) => operatingDay),
        keys.map(({ above }) => above),
        keys.map(({ upTo }) => upTo),
      ],
    );
    return rows.map(({ account, reason, amount }) => ({
      account,
      ...(reason === null ? {} : { reason }),
      amountE8: BigInt(amount),
    }));
  } catch (error) {
    throw journalError(`reading postings of ${siteId} for ${clientId}`, error);
  }
}

async function trialBalance(pool: Pool, siteId: SiteId | undefined): Promise<TrialBalance> {
  try {
    const rows = await query<{ account: string; balance: string }>(
      pool,
      `SELECT p.account, sum(p.amount_e8)::text AS balance FROM journal_posting p JOIN journal_entry e USING (entry_id)
       WHERE $1::text IS NULL OR e.site_id = $1 GROUP BY p.account ORDER BY p.account COLLATE "C"`,
      [siteId],
    );
    const accounts = rows.map(({ account, balance }) => ({ account, balanceE8: BigInt(balance) }));
    return { accounts, totalE8: accounts.reduce((total, { balanceE8 }) => total + balanceE8, 0n) };
  } catch (error) {
    throw journalError("reading the trial balance", error);
  }
}
