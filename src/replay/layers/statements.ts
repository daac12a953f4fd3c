import { dayEnd } from "../../domain/market/calendar.ts";
import type { BundleStatement, JournalLedgerRow } from "../../domain/evidence/ledgers.ts";
import type { SettledDay, SettlementDayInput } from "../../domain/settlement/model.ts";
import { type ChargedKeys, chargedKeys, checkLedger, type PostedSum } from "../../domain/statement/checkLedger.ts";
import { wrongCharges, type StatedCharges } from "../../domain/statement/chargedOnce.ts";
import { compose } from "../../domain/statement/compose.ts";
import type { Statement } from "../../domain/statement/model.ts";
import { isBody, paperBase, papersOf } from "../../domain/statement/papers.ts";
import { type Papers, RENDERERS } from "../../domain/statement/renderers/index.ts";
import { type Bundle, parseJson } from "../bundle.ts";
import { shown } from "../firstDifference.ts";
import { guarded, type LayerLog } from "../layerLog.ts";
import { attempt, compare } from "../madeAgain.ts";
import { withDollars } from "../moneyNames.ts";

/** One settled version as the bundle keeps it. */
export interface Settlement {
  readonly input: SettlementDayInput;
  readonly result: SettledDay;
}

/** A day's version as a settlement is found by. */
export function dayKey({ operatingDay, version }: { readonly operatingDay: string; readonly version: number }): string {
  return `${operatingDay} version ${version}`;
}

/** What statements are held against. */
export interface StatementFacts {
  readonly settlements: ReadonlyMap<string, Settlement>;
  readonly journal: readonly JournalLedgerRow[];
}

/**
 * Each statement made again from the settled versions that it rests on, byte for byte with its papers, and against the
 * journal. Of one of schema 1, whose papers this version does not write and which posted nothing, the money: lines,
 * adjustments and total. Returns what was stated.
 */
export async function checkStatements(bundle: Bundle, facts: StatementFacts, log: LayerLog): Promise<Statement[]> {
  checkPapers(bundle, log);
  const stated: StatedCharges[] = [];
  const statements: Statement[] = [];
  for (const { path } of bundle.manifest.statements)
    if (isBody(path))
      await guarded(log, path, async () => {
        const body = parseJson(path, await bundle.read(path)) as BundleStatement;
        statements.push(body.statement);
        stated.push({ statement: body.statement, adjustments: body.adjustments ?? [] });
        await checkStatement(bundle, path, body, facts, log);
      });
  await guarded(log, "statements", () => {
    log.check(stated.length);
    for (const { statementId, expected, found } of wrongCharges(stated))
      log.find(`statement ${statementId}`, expected, found);
  });
  return statements;
}

async function checkStatement(
  bundle: Bundle,
  path: string,
  { statement, adjustments = [] }: BundleStatement,
  { settlements, journal }: StatementFacts,
  log: LayerLog,
): Promise<void> {
  const absent: string[] = [];
  const days = (refs: readonly { readonly operatingDay: string; readonly version: number }[]): Settlement[] =>
    refs.flatMap((ref) => {
      const found = settlements.get(dayKey(ref));
      if (found === undefined) absent.push(dayKey(ref));
      return found ?? [];
    });
  const settledDays = days(statement.settlementVersions);
  // before schema 2 a bundle did not say it: all that was adjusted was of schema 1
  const before = statement.schema === "ballast.statement/1" ? { originalSchema: statement.schema } : {};
  const adjusted = adjustments.map(({ previous, next, ...ref }) => ({
    ...before,
    ...ref,
    previous: days(previous),
    next: days(next),
  }));
  log.check();
  if (absent.length > 0 || settledDays[0] === undefined) {
    log.find(
      path,
      "every settled version that the statement rests on",
      absent.length > 0 ? `not in the bundle: ${absent.join(", ")}` : "it names none",
    );
    return;
  }
  const { statementId, siteId, clientId, period, issuedAt } = statement;
  log.check();
  const [ended, exported] = [dayEnd(period.to), bundle.manifest.createdAt];
  if (!(issuedAt >= ended && issuedAt <= exported))
    log.find(`${path} issuedAt`, `from the end of its period, ${ended}, to the export, ${exported}`, shown(issuedAt));
  const again = attempt(() =>
    compose({
      statementId,
      siteId,
      clientId,
      period,
      issuedAt,
      linesOf: statement.schema,
      adjustments: adjusted,
      settledDays,
    }),
  );
  if (statement.schema === "ballast.statement/1") {
    compare(path, "value" in again ? { value: moneyOf(again.value as Statement) } : again, moneyOf(statement), log);
    log.note(`${path}: of schema 1; its amounts were recomputed, the words of its papers were not`);
    return;
  }
  compare(path, again, statement, log);
  await checkFiles(bundle, path, papersOf(statement, settledDays, adjusted, isGiven(bundle, path)), log);
  await guarded(log, `${path} against ledgers/journal.jsonl`, () => {
    const posted = postedSums(journal, clientId, chargedKeys(statement, adjusted));
    const issued = journal.filter((entry) => entry.statementId === statementId);
    for (const { name, left, right, holds } of checkLedger(statement, posted, issued)) {
      log.check();
      if (!holds)
        log.find(`${path} ${name}`, String(withDollars("amountE8", left)), String(withDollars("amountE8", right)));
    }
  });
}

/** What a bundle's journal carries for a client on some days and versions, by account and reason. */
function postedSums(journal: readonly JournalLedgerRow[], clientId: string, keys: readonly ChargedKeys[]): PostedSum[] {
  const charged = journal.filter(
    (entry) =>
      entry.clientId === clientId &&
      entry.statementId === undefined &&
      keys.some(
        ({ operatingDay, above, upTo }) =>
          entry.operatingDay === operatingDay && entry.settlementVersion > above && entry.settlementVersion <= upTo,
      ),
  );
  return charged.flatMap(({ reason, postings }) =>
    postings.map(({ account, amountE8 }) => ({ account, reason, amountE8: BigInt(amountE8) })),
  );
}

/** What a statement charges, whatever its words. */
function moneyOf({ lines, totalCents, adjustedVersions }: Statement): unknown {
  const money = lines.map(({ code, amountCents, adjustmentOf }) => ({ code, amountCents, adjustmentOf }));
  return JSON.parse(JSON.stringify({ lines: money, totalCents, adjustedVersions }));
}

/**
 * A statement and its papers stand together: a paper without the statement that it is made from could say anything.
 */
function checkPapers({ manifest }: Bundle, log: LayerLog): void {
  const listed = new Set(manifest.statements.map(({ path }) => path));
  const first = RENDERERS.filter(({ givenSince }) => givenSince === "ballast.statement/1");
  const endings = [".json", ...first.map(({ ending }) => ending)];
  for (const base of new Set([...listed].map((path) => paperBase(path) ?? path)))
    for (const ending of endings)
      log.same(`manifest.json lists ${base}${ending}`, true, listed.has(`${base}${ending}`));
}

/** Which papers a bundle has of a statement, and those that every statement has. */
function isGiven({ manifest }: Bundle, path: string): (format: string) => boolean {
  const listed = new Set(manifest.statements.map((file) => file.path));
  const given = RENDERERS.filter(
    ({ ending, givenSince }) => givenSince !== undefined || listed.has(`${paperBase(path)}${ending}`),
  );
  return (format) => given.some((renderer) => renderer.format === format);
}

/** Of a paper that came later, a statement has it or never had it. */
async function checkFiles(bundle: Bundle, path: string, papers: Papers, log: LayerLog): Promise<void> {
  const listed = new Set(bundle.manifest.statements.map((file) => file.path));
  for (const { format, ending, givenSince } of RENDERERS) {
    const file = `${paperBase(path)}${ending}`;
    if (listed.has(file)) await checkBytes(bundle, file, papers[format], log);
    else if (givenSince !== undefined) log.same(`manifest.json lists ${file}`, true, false);
  }
}

async function checkBytes(bundle: Bundle, path: string, again: string, log: LayerLog): Promise<void> {
  log.check();
  const given = Buffer.from(await bundle.read(path));
  if (given.equals(Buffer.from(again, "utf8"))) return;
  const lines = [again.split("\n"), given.toString("utf8").split("\n")] as const;
  const at = lines[0].findIndex((line, i) => line !== lines[1][i]);
  log.find(`${path} line ${at + 1}`, shown(lines[0][at]), shown(lines[1][at]));
}
