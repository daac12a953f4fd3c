import pc from "picocolors";
import { archiveProblemText, archiveText } from "./archiveText.ts";
import { capacityTexts } from "./capacityText.ts";
import type { Freeze } from "../../domain/inputs/freezes.ts";
import type { OperatorOrder } from "../../domain/inputs/orders.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { Retirement } from "../../ports/retirements.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { buildText } from "../worker/builds/buildsNow.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";
import { cohortTables } from "./cohortTables.ts";
import { commandFacts, meteredText, orderedText, verdictText } from "./dispatchText.ts";
import { doorsFacts } from "./doorsText.ts";
import { holdFacts } from "./holdsText.ts";
import { reserveFact } from "./reserveText.ts";
import { stopInputFacts } from "./stopInputsText.ts";
import { feedText, isSilent, silentText } from "./feedsText.ts";
import { gridText } from "./gridText.ts";
import { addersText, dayAheadText, hashpriceText, lookAheadText, priceText } from "./marketText.ts";
import { peaksText } from "./peaksText.ts";
import { pointText } from "../../domain/market/settlementPoint.ts";

const LABEL_WIDTH = 14;

/** Where text is shown; without columns it is no terminal. With rows it must not scroll. */
interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
}

/** A label with what it says; an empty label goes on with no column of its own. */
type Fact = readonly [label: string, text: string];

/**
 * A site's state for a terminal of this width: what is longer goes on under its own beginning, and a table too
 * wide for it is split. What a desk needs first stands first, and with rows what has no room is left out at the end,
 * which the last line says. Without a terminal each fact is one line. Lines end in `\n`.
 */
export function siteNowText(now: SiteNow, { columns, rows }: Terminal = {}): string {
  const { siteId, control, at } = now;
  const fit = (text: string): string => (columns === undefined ? text : wrapText(text, columns, LABEL_WIDTH));
  const shown = ([label, text]: Fact): string => fit(`${pc.dim(label.padEnd(LABEL_WIDTH))}${text}`);
  const why = now.cohorts.flatMap(({ cohortId, sentence }) =>
    sentence === undefined ? [] : [fit(`${pc.dim("why")} ${cohortId}: ${sentence}`)],
  );
  const lines = [
    fit(`${pc.bold(siteId)}  ${pointText(now)}  ${centralTime(at)} Central  control ${control}`),
    ...(now.retired === undefined ? [] : [fit(pc.bold(retirementText(now.retired, at)))]),
    ...holdFacts(now).map(([label, text]) => shown([label, pc.red(text)])),
    "",
    ...figures(now).map(shown),
    ...troubles(now).map(shown),
    "",
    cohortTables(now.cohorts, at, columns),
    "",
    ...why,
    ...background(now).map(shown),
  ].flatMap((text) => text.split("\n"));
  return `${withinRows(lines, rows).join("\n")}\n`;
}

/** The price, what was decided on it, and its four figures: ordered, acknowledged, read back, metered. */
function figures(now: SiteNow): Fact[] {
  const { decision, at } = now;
  const peaks = peaksText(now);
  const [adders, lookAhead, dayAhead] = [addersText(now), lookAheadText(now), dayAheadText(now)];
  return [
    ["price", priceText(now)],
    ...(adders === undefined ? [] : [["adders", adders] as const]),
    ...(lookAhead === undefined ? [] : [["look-ahead", lookAhead] as const]),
    ...(dayAhead === undefined ? [] : [["day ahead", dayAhead] as const]),
    ...(peaks === undefined ? [] : [["peaks", peaks] as const]),
    ["grid", gridText(now)],
    [
      "decision",
      decision === undefined
        ? "none yet"
        : `${decision.sequence} at ${centralTime(decision.at, at)}: ${decision.sentence}`,
    ],
    ["ordered", orderedText(now)],
    ...commandFacts(now),
    ["metered", meteredText(now)],
    ["verdict", verdictText(now)],
  ];
}

/** What is out of the ordinary or in force, each only while it is. */
function troubles(now: SiteNow): Fact[] {
  const { at } = now;
  return [
    ...(isSilent(now) ? [["silent", silentText(now)] as const] : []),
    ...stopInputFacts(now, true),
    ...now.freezes.map((freeze) => ["frozen", freezeText(freeze, at)] as const),
    ...now.orders.map((order) => ["order", orderText(order, at)] as const),
    ...(now.instructions.length > 0 ? [["instructed", now.instructions.join(", ")] as const] : []),
    ...reserveFact(now).map((text) => ["reserve", text] as const),
    ...doorsFacts(now.siteId, now.doors, at),
    ...(now.stragglers > 0
      ? [["stragglers", pc.yellow(`${now.stragglers}: see ballast status --stragglers`)] as const]
      : []),
    ...now.cohorts.flatMap(({ cohortId, away }): Fact[] =>
      away === undefined ? [] : [["away", pc.yellow(awayText(cohortId, away, at))]],
    ),
    ...now.refusals.map(
      ({ subject, problem, again }) =>
        ["refused", pc.red(`${subject}: ${problem.replace(/[.]$/, "")}. Once that is fixed: ${again}`)] as const,
    ),
    ...(now.findings.count > 0
      ? [["findings", pc.red(`${now.findings.count} in 24 h, newest: ${now.findings.newest}`)] as const]
      : []),
    ...now.unexported.map(
      ({ firstSequence, lastSequence, runId }) =>
        [
          "unexported",
          pc.red(`decisions ${firstSequence} to ${lastSequence}, run ${runId}: no evidence of them is kept yet`),
        ] as const,
    ),
    ...archiveFact(now, archiveProblemText),
    ...buildFacts(now, true),
  ];
}

/** `of hall-1 12 sleep that are to run, counted 18:05:30`. */
function awayText(
  cohortId: string,
  { asleep, running, observedAt }: NonNullable<SiteNow["cohorts"][number]["away"]>,
  at: Instant,
): string {
  const what = asleep === undefined ? `${running} run that are to be off` : `${asleep} sleep that are to run`;
  return `of ${cohortId} ${what}, counted ${centralTime(observedAt, at)}: were they stopped or started by hand?`;
}

/** What is as it should be, and what explains it. */
function background(now: SiteNow): Fact[] {
  const { at, lastChange } = now;
  return [
    ...(lastChange !== undefined && lastChange.sequence !== now.decision?.sequence
      ? [
          [
            "last change",
            `${lastChange.sequence} at ${centralTime(lastChange.at, at)}: ${lastChange.sentence}`,
          ] as const,
        ]
      : []),
    ["next look", lookText(now)],
    ...(isSilent(now) ? [] : [["silent", "nothing"] as const]),
    ...(now.orders.length === 0 ? [["orders", "none in force"] as const] : []),
    ...(now.stragglers === 0 ? [["stragglers", "none"] as const] : []),
    ...stopInputFacts(now, false),
    ["hashprice", hashpriceText(now)],
    ...capacityTexts(now).map((text) => ["MCPC", text] as const),
    ["feeds", feedsText(now)],
    ...now.feedsNotRead.map((why) => ["note", why] as const),
    ...(now.archive?.problem === undefined ? archiveFact(now, archiveText) : []),
    ...buildFacts(now, false),
  ];
}

function archiveFact({ archive, at }: SiteNow, say: typeof archiveText): Fact[] {
  const text = archive && say(archive, at);
  return text === undefined ? [] : [["archive", text]];
}

function buildFacts({ builds }: SiteNow, areProblems: boolean): Fact[] {
  const shown = (builds?.builds ?? []).filter(({ problem }) => (problem !== undefined) === areProblems);
  const facts = shown.map((build): Fact => ["build", areProblems ? pc.red(buildText(build)) : buildText(build)]);
  if (areProblems && builds?.unversioned !== undefined)
    facts.push(["build", pc.red(`runs are not pinned to builds: ${builds.unversioned}`)]);
  return facts;
}

/** As many lines as a screen of so many rows holds, the cursor's own aside. */
function withinRows(lines: readonly string[], rows: number | undefined): readonly string[] {
  if (rows === undefined || lines.length < rows) return lines;
  const shown = Math.max(rows - 2, 0);
  // A color of the last line shown ends with it.
  return [...lines.slice(0, shown), pc.reset(`… ${lines.length - shown} more lines: a taller window shows them`)];
}

function freezeText({ cohortId, actor, reason, at: since }: Freeze, at: Instant): string {
  const what = pc.red(`no command goes to ${cohortId ?? "the site"}`);
  return `${what}, by ${actor} at ${centralTime(since, at)} (${ageText(secondsBetween(since, at))} ago): ${reason}`;
}

function orderText({ orderId, actor, action, cohortIds, until, reason }: OperatorOrder, at: Instant): string {
  return (
    `${pc.bold(orderId)} ${action} ${cohortIds?.join(", ") ?? "all cohorts"} until ${centralTime(until, at)} ` +
    `(${ageText(secondsBetween(at, until))} left), by ${actor}: ${reason}`
  );
}

function feedsText({ feeds, retired }: SiteNow): string {
  if (retired !== undefined) return "corrected prices alone";
  return feeds.map(feedText).join("; ") || "none read yet";
}

function retirementText({ siteId, actor, reason, at }: Retirement, now: Instant): string {
  return `${siteId} is retired, by ${actor} at ${centralTime(at, now)}: ${reason}`;
}

function lookText({ nextLook, retired, at }: SiteNow): string {
  if (retired !== undefined) return "none, the site decides nothing any more";
  if (nextLook === undefined) return "at the first price";
  return nextLook <= at
    ? `due since ${centralTime(nextLook, at)}`
    : `${centralTime(nextLook, at)} (in ${ageText(secondsBetween(at, nextLook))}) unless something comes first`;
}
