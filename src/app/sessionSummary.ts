import type { DecisionRecord } from "../domain/decision/model.ts";
import { centralWall } from "../domain/market/calendar.ts";
import type { JournalEntry } from "../domain/settlement/model.ts";
import { formatKwh, formatUsd } from "../domain/units/money.ts";
import type { MarketSession } from "./marketSession.ts";

/** A cohort's change of mode with the SCED run that it was decided on. */
export interface Switch {
  readonly cohortId: string;
  readonly at: string;
  readonly fromModeId: string;
  readonly modeId: string;
  readonly reason: string;
  /** Newest SCED run known then, Central wall time. */
  readonly scedRun: string | undefined;
}

/** Every commanded change of mode of a day, in order. */
export function switchesOf(decisions: readonly DecisionRecord[]): Switch[] {
  return decisions.flatMap((record) =>
    (record.dispatch ? record.output.cohorts : [])
      .filter((cohort) => cohort.modeId !== cohort.fromModeId)
      .map(({ cohortId, fromModeId, modeId, reason }) => {
        const run = record.input.scedRuns.at(-1);
        return { cohortId, at: record.input.asOf, fromModeId, modeId, reason, scedRun: run && centralWall(run.scedAt).time };
      }),
  );
}

/** Adders that settled: price less time-weighted LMP, $/MWh, per interval, largest first. */
export function settledAdders(decisions: readonly DecisionRecord[]): { intervalKey: string; adderUsdPerMwh: number }[] {
  const adders = new Map(decisions.flatMap(({ input }) => (input.lastSettled ? [[input.lastSettled.intervalKey, input.lastSettled.adderUsdPerMwh] as const] : [])));
  return [...adders].filter(([, adder]) => adder !== 0).map(([intervalKey, adderUsdPerMwh]) => ({ intervalKey, adderUsdPerMwh })).sort((a, b) => Math.abs(b.adderUsdPerMwh) - Math.abs(a.adderUsdPerMwh));
}

/** What a session came to, for scripts. */
export function sessionSummary(session: MarketSession): object {
  const { settlement, first, statements, verdict, decisions, bundleDir } = session;
  return {
    siteId: settlement.input.siteId, operatingDay: settlement.input.operatingDay, decisions: decisions.length,
    switches: switchesOf(decisions), adders: settledAdders(decisions).slice(0, 6),
    settlement: { versions: settlement.input.version, firstInputHash: first.inputHash, inputHash: settlement.inputHash, missing: settlement.result.missing.length, checks: settlement.result.checks },
    statements: statements.map(({ statement }) => ({ statementId: statement.statementId, clientName: statement.clientName, totalUsd: formatUsd(BigInt(statement.totalCents)) })),
    audit: { ok: verdict.ok, layers: verdict.layers.map(({ layer, checked, findings }) => ({ layer, checked, findings: findings.length })) },
    bundleDir,
  };
}

/** The identities of the settled day, and what a correction after issue changed, as text. */
export function formatChecks({ settlement, first }: MarketSession): string {
  const lines = [`Settlement of ${settlement.input.operatingDay}, version ${settlement.input.version}:`];
  for (const check of settlement.result.checks) lines.push(`  ${check.holds ? "holds " : "BROKEN"}  ${check.name}: ${check.left} = ${check.right}, difference ${check.difference}`);
  const gapWh = settlement.result.gapWh.reduce((sum, one) => sum + BigInt(one.gapWh), 0n);
  lines.push(`  House load and losses (site meter less feeders): ${formatKwh(gapWh)} kWh, borne by the host`);
  if (settlement.input.version > first.input.version) {
    lines.push("", "A settlement price was corrected after the statements were issued. They keep their bytes; the next statement carries the difference:");
    for (const [clientId, cents] of adjustmentCents(session(settlement, first))) lines.push(`  ${clientId}: ${formatUsd(cents)} $`);
  }
  return `${lines.join("\n")}\n`;
}

function session(settlement: MarketSession["settlement"], first: MarketSession["first"]): { before: readonly JournalEntry[]; after: readonly JournalEntry[] } {
  return { before: first.result.entries, after: settlement.result.entries };
}

/** What each client's credit changes by, in cents rounded half-even from the sum of its postings. */
function adjustmentCents({ before, after }: { before: readonly JournalEntry[]; after: readonly JournalEntry[] }): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  const add = (entries: readonly JournalEntry[], sign: bigint): void => {
    for (const { clientId, postings } of entries) {
      if (clientId === undefined) continue;
      for (const { account, amountE8 } of postings) {
        if (account.startsWith("Liabilities:ClientShare") || account.startsWith("Assets:Receivable")) totals.set(clientId, (totals.get(clientId) ?? 0n) + sign * BigInt(amountE8));
      }
    }
  };
  add(after, 1n);
  add(before, -1n);
  return new Map([...totals].map(([clientId, e8]) => [clientId, roundCents(e8)]));
}

function roundCents(e8: bigint): bigint {
  const half = e8 < 0n ? -500_000n : 500_000n;
  return (e8 + half) / 1_000_000n;
}
