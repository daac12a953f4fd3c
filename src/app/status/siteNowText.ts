import pc from "picocolors";
import type { StragglerRow } from "../../adapters/postgres/siteStatus.ts";
import type { Freeze, OperatorOrder } from "../../domain/decision/model.ts";
import type { Machine } from "../../domain/dispatch/model.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { fixed, kwText, unrounded } from "../../domain/units/numberText.ts";
import { buildText } from "../worker/builds/buildsNow.ts";
import { cohortTables } from "./cohortTables.ts";
import type { SiteNow } from "./siteNow.ts";
import { columnsOf, tableText } from "../tableText.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";

const LABEL_WIDTH = 14;
/** Of a machine's words on the straggler list; `--json` has them all. */
const PROBLEM_CHARACTERS = 80;

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
  const { siteId, settlementPoint, settlementPointType, control, at } = now;
  const fit = (text: string): string => (columns === undefined ? text : wrapText(text, columns, LABEL_WIDTH));
  const shown = ([label, text]: Fact): string => fit(`${pc.dim(label.padEnd(LABEL_WIDTH))}${text}`);
  const why = now.cohorts.flatMap(({ cohortId, sentence }) =>
    sentence === undefined ? [] : [fit(`${pc.dim("why")} ${cohortId}: ${sentence}`)],
  );
  const lines = [
    fit(
      `${pc.bold(siteId)}  ${settlementPoint} (${settlementPointType})  ${centralTime(at)} Central  control ${control}`,
    ),
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
  return [
    ["price", priceText(now)],
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
    ...now.freezes.map((freeze) => ["frozen", freezeText(freeze, at)] as const),
    ...now.orders.map((order) => ["order", orderText(order, at)] as const),
    ...(now.instructions.length > 0 ? [["instructed", now.instructions.join(", ")] as const] : []),
    ...(now.stragglers > 0
      ? [["stragglers", pc.yellow(`${now.stragglers}: see ballast status --stragglers`)] as const]
      : []),
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
    ...buildFacts(now, true),
  ];
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
    ["next look", now.nextLook === undefined ? "at the first price" : lookText(now.nextLook, at)],
    ...(isSilent(now) ? [] : [["silent", "nothing"] as const]),
    ...(now.orders.length === 0 ? [["orders", "none in force"] as const] : []),
    ...(now.stragglers === 0 ? [["stragglers", "none"] as const] : []),
    ["hashprice", now.hashprice === undefined ? "not known yet" : `${fixed(now.hashprice.usdPerPhDay, 2)} $/PH/day`],
    ["feeds", now.feeds.map(feedText).join("; ") || "none read yet"],
    ...(now.noCrossCheck === undefined ? [] : [["note", now.noCrossCheck] as const]),
    ...buildFacts(now, false),
  ];
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

/** An order under way says nothing yet: its machines come on the list after their last drive. */
const NO_STRAGGLERS =
  "No stragglers: no machine waits for a person. Those of an order under way are listed after their last drive; " +
  "how many are read back as ordered: ballast status\n";

/**
 * The operator's list: machines that did not follow, with what was wanted and what they last said; on a terminal that
 * is too narrow for one table, what they said stands below it.
 */
export function stragglersText(
  stragglers: readonly StragglerRow[],
  machines: readonly Machine[],
  at: Instant,
  { columns }: Terminal = {},
): string {
  if (stragglers.length === 0) return NO_STRAGGLERS;
  const hosts = new Map(machines.map((machine) => [machine.machineId, `${machine.host}:${machine.port}`]));
  const rows = stragglers.map(({ machineId, cohortId, wantedModeId, state, lastOutcome, problem, since, revision }) => [
    machineId,
    hosts.get(machineId) ?? "not configured",
    cohortId ?? "–",
    wantedModeId,
    state,
    lastOutcome ?? "–",
    `${centralTime(since, at)} (${ageText(secondsBetween(since, at))})`,
    String(revision),
    problem === undefined ? "–" : cleanText(problem, PROBLEM_CHARACTERS),
  ]);
  const wide = tableText(STRAGGLER_HEAD, rows, ["revision"]);
  if (columns === undefined || columnsOf(wide) <= columns) return `${wide}\n`;
  const isNarrow = (_: string, i: number): boolean => STRAGGLERS_NARROW.includes(STRAGGLER_HEAD[i] as string);
  const narrow = tableText(
    STRAGGLER_HEAD.filter(isNarrow),
    rows.map((row) => row.filter(isNarrow)),
  );
  const said = stragglers.map(({ machineId, lastOutcome, problem, revision }) => {
    const why = problem === undefined ? "" : `: ${cleanText(problem, PROBLEM_CHARACTERS)}`;
    return wrapText(`${machineId}  revision ${revision} ${lastOutcome ?? "not answered"}${why}`, columns, 2);
  });
  return `${[narrow, "", ...said].join("\n")}\n`;
}

const STRAGGLER_HEAD = ["machine", "host", "cohort", "wanted", "state", "last outcome", "since", "revision", "why"];
const STRAGGLERS_NARROW = ["machine", "host", "wanted", "state", "since"];

function priceText(now: SiteNow): string {
  const { price, newestRun, decision, at } = now;
  const newest =
    newestRun === undefined
      ? ""
      : `; newest SCED run ${fixed(newestRun.lmpUsdPerMwh, 2)} of ${centralTime(newestRun.scedAt, at)} ` +
        `(${ageText(newestRun.ageSeconds)} ago)`;
  if (price === undefined) return decision === undefined ? "not known yet" : `${pc.red("no current price")}${newest}`;
  const { expectedUsdPerMwh, lowerUsdPerMwh, upperUsdPerMwh, fixedShare, intervalStart } = price;
  const interval = `${hhmm(intervalStart)}-${hhmm(addSeconds(intervalStart, 900))}`;
  const bounds =
    fixedShare === 1
      ? "all of it fixed"
      : `${Math.round(fixedShare * 100)} % fixed, ${fixed(lowerUsdPerMwh, 2)} to ${fixed(upperUsdPerMwh, 2)}`;
  return `${pc.bold(fixed(expectedUsdPerMwh, 2))} $/MWh expected for ${interval} (${bounds})${newest}`;
}

function isSilent({ silentFeeds, unpolledFeeds, unansweredFeeds, unreadMeters }: SiteNow): boolean {
  return silentFeeds.length + unpolledFeeds.length + unansweredFeeds.length + unreadMeters.length > 0;
}

function silentText({ at, silentFeeds, unpolledFeeds, unansweredFeeds, unreadMeters }: SiteNow): string {
  const words = [
    ...(silentFeeds.length === 0 ? [] : [silentFeeds.join(", ")]),
    ...(unpolledFeeds.length === 0 ? [] : [`nobody polls ${unpolledFeeds.join(", ")}: is a worker running?`]),
    ...(unansweredFeeds.length === 0 ? [] : [`no answer to the last poll of ${unansweredFeeds.join(", ")}`]),
    ...(unreadMeters.length === 0 ? [] : [unreadText(unreadMeters, at)]),
  ];
  return pc.red(words.join("; "));
}

function unreadText(unread: SiteNow["unreadMeters"], at: Instant): string {
  const meters = unread.map(({ meterId, lastReadAt }) => {
    return `${meterId} (${lastReadAt === undefined ? "never read" : `last at ${centralTime(lastReadAt, at)}`})`;
  });
  const boundary = centralTime((unread[0] as (typeof unread)[number]).boundaryAt, at);
  return `no register at ${boundary} from ${meters.join(", ")}: intervals without one cannot be settled`;
}

function gridText({ grid, at }: SiteNow): string {
  if (grid === undefined) return "not known yet";
  if (grid.assumed) return `${grid.level}, assumed: this site has no grid feed`;
  const notes = [
    grid.unreadable ? ", its newest state cannot be read: look at ERCOT's own page" : "",
    // What is declared has overtaken it.
    grid.preAlert === undefined || grid.level === "watch" || grid.level.startsWith("eea")
      ? ""
      : pc.yellow(
          `, pre-alert: PRC ${unrounded(grid.preAlert.prcMw, 0)} MW, a Watch is due below ` +
            `${unrounded(grid.preAlert.belowMw, 0)} MW`,
        ),
    grid.released ? `, released by ${grid.released.actor}: ${grid.released.reason}` : "",
  ].join("");
  const untold = grid.level === "unknown" && !grid.unreadable ? " to the site so far" : "";
  const level = `${grid.level === "normal" ? grid.level : pc.red(grid.level)}${untold}${notes}`;
  return grid.observedAt === undefined
    ? level
    : `${level}, observed ${centralTime(grid.observedAt, at)} (${ageText(secondsBetween(grid.observedAt, at))} ago)`;
}

/** What the site is to draw; what it draws is for the meter to say. */
function orderedText({ power, cohorts }: SiteNow): string {
  if (power.commandedKw === undefined) return "nothing yet";
  const able = sum(cohorts.flatMap(({ ableToRun }) => ableToRun ?? []));
  const all = sum(cohorts.map(({ machines }) => machines));
  if (able === 0) return `nothing to draw: none of ${all} machines is known to be able to run`;
  return `${kwText(power.commandedKw)}, if the ${able} of ${all} machines able to run all follow`;
}

function commandFacts({ commands, revisionUnderWay }: SiteNow): Fact[] {
  if (commands === undefined) return [["acknowledged", "no command has gone out"]];
  const { revision, ordered, acknowledged, asOrdered, otherwise, readSince, notRead } = commands;
  const read = [
    `${asOrdered} of ${ordered} machines as ordered`,
    `${otherwise} otherwise`,
    ...(readSince > 0 ? [`${readSince} read since, for another reason`] : []),
    `${notRead} not read`,
  ];
  return [
    [
      "acknowledged",
      `${acknowledged} of ${ordered} machines commanded at revision ${revision}` +
        (revisionUnderWay === revision ? " so far" : ""),
    ],
    ["read back", read.join(", ")],
  ];
}

function meteredText({ power, at }: SiteNow): string {
  const { meteredKw, meteredAt, meterQuality } = power;
  if (meteredAt === undefined) return "no reading of the site meter yet";
  const metered =
    meteredKw === undefined
      ? pc.red(`site meter ${meterQuality === "stale" ? "frozen" : "gave no usable reading"}`)
      : `${pc.bold(kwText(meteredKw))} at the site meter`;
  return `${metered} at ${centralTime(meteredAt, at)} (${ageText(secondsBetween(meteredAt, at))} ago)`;
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

function verdictText({ verdict, revisionUnderWay, at }: SiteNow): string {
  const underWay = revisionUnderWay === undefined ? [] : [pc.yellow(`revision ${revisionUnderWay} is under way`)];
  if (verdict === undefined) return ["none yet", ...underWay].join("; ");
  const { revision, outcome, closedAt, sentence } = verdict;
  const time = centralTime(closedAt, at);
  if (outcome === "superseded") return [...underWay, `revision ${revision} superseded at ${time}`].join("; ");
  return [...underWay, `at ${time}: ${outcome === "confirmed" ? sentence : pc.yellow(sentence)}`].join("; ");
}

function feedText({ feedId, ageSeconds, silent }: SiteNow["feeds"][number]): string {
  const age = ageSeconds === undefined ? "nothing seen yet" : ageText(ageSeconds);
  return silent ? pc.red(`${feedId} silent, ${age}`) : `${feedId} ${age}`;
}

function lookText(nextLook: Instant, at: Instant): string {
  return nextLook <= at
    ? `due since ${centralTime(nextLook, at)}`
    : `${centralTime(nextLook, at)} (in ${ageText(secondsBetween(at, nextLook))}) unless something comes first`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
