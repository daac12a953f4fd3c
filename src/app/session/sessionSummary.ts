import { renderVerdict } from "../../replay/renderVerdict.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import { sameSplit, splitText } from "../../domain/decision/split.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import { adjustmentLines, isStated } from "../../domain/statement/adjustmentLines.ts";
import { renderText } from "../../domain/statement/renderers/text.ts";
import { formatKwh, formatUsd } from "../../domain/units/money.ts";
import { grouped } from "../../domain/units/numberText.ts";
import { wrapText } from "../wrapText.ts";
import type { MarketSession } from "./marketSession.ts";

const AMOUNT_WIDTH = 12;

/** A cohort's change of modes with the SCED run that it was decided on. */
export interface Switch {
  readonly cohortId: string;
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Newest SCED run known then, Central wall time. */
  readonly scedRun: string | undefined;
}

/** Every commanded change of modes of a day, in order. */
export function switchesOf(decisions: readonly DecisionRecord[]): Switch[] {
  return decisions.flatMap((record) =>
    (record.dispatch ? record.output.cohorts : [])
      .filter((cohort) => !sameSplit(cohort.split, cohort.fromSplit))
      .map(({ cohortId, fromSplit, split, reason }) => {
        const run = record.input.facts.scedRuns.at(-1);
        return {
          cohortId,
          at: record.input.asOf,
          from: splitText(fromSplit),
          to: splitText(split),
          reason,
          scedRun: run && centralWall(run.scedAt).time,
        };
      }),
  );
}

/** Adders that settled: price less time-weighted LMP, $/MWh, per interval, largest first. */
export function settledAdders(decisions: readonly DecisionRecord[]): { intervalKey: string; adderUsdPerMwh: number }[] {
  const adders = new Map(
    decisions.flatMap(({ input }) =>
      input.facts.lastSettled
        ? [[input.facts.lastSettled.intervalKey, input.facts.lastSettled.adderUsdPerMwh] as const]
        : [],
    ),
  );
  return [...adders]
    .filter(([, adder]) => adder !== 0)
    .map(([intervalKey, adderUsdPerMwh]) => ({ intervalKey, adderUsdPerMwh }))
    .sort((a, b) => Math.abs(b.adderUsdPerMwh) - Math.abs(a.adderUsdPerMwh));
}

/** Whether the audit holds and every client has a statement. */
export function isWhole({ verdict, unstated }: Pick<MarketSession, "verdict" | "unstated">): boolean {
  return verdict.ok && unstated.length === 0;
}

/** What a session came to, for scripts. */
export function sessionSummary(session: MarketSession): object {
  const { settlement, first, statements, verdict, decisions, statementsDir, bundleDir, head, publicKeyFile } = session;
  return {
    siteId: settlement.input.siteId,
    operatingDay: settlement.input.operatingDay,
    decisions: decisions.length,
    switches: switchesOf(decisions),
    adders: settledAdders(decisions).slice(0, 6),
    settlement: {
      versions: settlement.input.version,
      firstInputHash: first.inputHash,
      inputHash: settlement.inputHash,
      missing: settlement.result.missing.length,
      checks: settlement.result.checks,
    },
    statements: statements.map(({ statement }) => ({
      statementId: statement.statementId,
      clientName: statement.clientName,
      totalUsd: formatUsd(BigInt(statement.totalCents)),
    })),
    unstated: session.unstated,
    audit: {
      ok: verdict.ok,
      layers: verdict.layers.map(({ layer, checked, findings }) => ({ layer, checked, findings: findings.length })),
    },
    statementsDir,
    bundleDir,
    head,
    publicKeyFile,
  };
}

/** The identities of the settled day, and what a correction after issue changed, as text. */
function formatChecks(session: MarketSession): string {
  const { settlement, first } = session;
  const { siteId, operatingDay, version } = settlement.input;
  const lines = [`Settlement of ${siteId}, ${operatingDay}, version ${version}:`];
  for (const check of settlement.result.checks)
    lines.push(
      `  ${check.holds ? "holds " : "BROKEN"}  ${check.name}: ${check.left} = ${check.right}, difference ` +
        `${check.difference}`,
    );
  const gapWh = settlement.result.gapWh.reduce((sum, one) => sum + BigInt(one.gapWh), 0n);
  lines.push(`  Carried by no feeder: ${formatKwh(gapWh)} kWh, borne by the host (site meter less feeders)`);
  lines.push(`    ${carriedByNoFeeder(settlement.input)}`);
  if (settlement.input.version > first.input.version) {
    lines.push(
      "",
      "A settlement price was corrected after the statements were issued. They do not change; the next " +
        "statement carries the difference:",
    );
    for (const { clientId, description, amountCents } of carriedOver(session))
      lines.push(`  ${clientId}: ${description}: ${formatUsd(amountCents)} $`);
  }
  return `${lines.join("\n")}\n`;
}

/** What the difference between site meter and feeders is, by what the day's lines say of cooling. */
function carriedByNoFeeder({ cooling = [], contracts }: MarketSession["settlement"]["input"]): string {
  const rest = "house load and losses";
  const clients = new Set(contracts.map(({ clientId }) => clientId));
  const without = new Set(cooling.filter(({ feederPue }) => feederPue === 1).map(({ clientId }) => clientId));
  if (without.size === 0) return rest;
  const whose = without.size === clients.size ? "the machines" : `the machines of ${[...without].join(", ")}`;
  return `cooling of ${whose}, which is metered at the site, and ${rest}`;
}

/**
 * What a session came to, for a person with a screen of `widthColumns`: statements, `between`, the day's identities,
 * the verdict, where it lies. What no audit proves is left out where `limits` is false.
 */
export function sessionText(
  session: MarketSession,
  widthColumns: number,
  between: readonly string[] = [],
  limits = true,
): string {
  return [
    ...session.statements.map(({ statement }) => `\n${renderText(statement, widthColumns)}`),
    ...session.unstated.map(({ why }) => wrapText(`Not stated: ${why}`, widthColumns, 2)),
    ...between,
    formatChecks(session),
    renderVerdict(session.verdict, limits),
    whereItLies(session),
  ].join("\n");
}

/**
 * What a day came to at each site of a book, for a screen of `widthColumns`; what no audit proves is said once, then
 * all of it in short.
 */
export function bookText(sessions: readonly MarketSession[], widthColumns: number): string {
  const last = sessions.length - 1;
  const texts = sessions.map((session, i) => sessionText(session, widthColumns, [], i === last));
  return [...texts, "", ...(last > 0 ? inShort(sessions) : [])].join("\n");
}

/** A line a statement, their sum, and each site's verdict. */
function inShort(sessions: readonly MarketSession[]): string[] {
  const rows = sessions.flatMap(({ settlement, statements }) =>
    statements.map(({ statement: { clientName, totalCents } }) => ({
      siteId: settlement.input.siteId,
      clientName,
      cents: BigInt(totalCents),
    })),
  );
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const siteWidth = width(sessions.map(({ settlement }) => settlement.input.siteId));
  const nameWidth = Math.max(width(rows.map(({ clientName }) => clientName)), "all statements".length);
  const row = (siteId: string, clientName: string, cents: bigint): string =>
    ["", siteId.padEnd(siteWidth), clientName.padEnd(nameWidth), grouped(formatUsd(cents)).padStart(AMOUNT_WIDTH)].join(
      "  ",
    );
  return [
    "In short, $: due from a client positive, credited to it negative",
    ...rows.map(({ siteId, clientName, cents }) => row(siteId, clientName, cents)),
    row(
      "",
      "all statements",
      rows.reduce((sum, { cents }) => sum + cents, 0n),
    ),
    ...sessions.map(({ settlement, verdict }) => {
      const { siteId } = settlement.input;
      return `  ${siteId.padEnd(siteWidth)}  ${verdict.ok ? "its audit holds" : "ITS AUDIT DOES NOT HOLD"}`;
    }),
  ];
}

/** Where the papers of a session are, and the command that audits them again, to be copied. */
function whereItLies({ statementsDir, bundleDir, head, publicKeyFile }: MarketSession): string {
  return [
    `Statements    ${statementsDir}`,
    `Audit bundle  ${bundleDir}`,
    "Audit it again:",
    `  bin/ballast audit ${bundleDir} \\`,
    `    --head ${head} \\`,
    `    --public-key ${publicKeyFile}`,
  ].join("\n");
}

/** The lines that the next statement of each client will carry for what changed after issue. */
function carriedOver({
  first,
  settlement,
  statements,
}: MarketSession): { clientId: string; description: string; amountCents: bigint }[] {
  return statements.flatMap(({ statement: { clientId, statementId, period } }) =>
    adjustmentLines(clientId, {
      originalStatementId: statementId,
      originalPeriod: period,
      previous: [first],
      next: [settlement],
    })
      .filter(isStated)
      .map(({ description, amountCents }) => ({ clientId, description, amountCents })),
  );
}
