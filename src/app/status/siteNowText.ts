import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { StragglerRow } from "../../adapters/postgres/siteStatus.ts";
import type { Freeze, OperatorOrder } from "../../domain/decision/model.ts";
import type { Machine } from "../../domain/dispatch/model.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { buildText } from "../worker/builds/buildsNow.ts";
import type { CohortNow, SiteNow } from "./siteNow.ts";
import { tableText } from "../tableText.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";

const LABEL_WIDTH = 12;
/** Of a machine's words on the straggler list; `--json` has them all. */
const PROBLEM_CHARACTERS = 80;

/** Where text is shown; without columns it is no terminal. */
interface Terminal {
  readonly columns?: number;
}

/**
 * A site's state for a terminal of this width: what is longer goes on under its own beginning, and a table too
 * wide for it is split. Without a terminal each fact is one line. Lines end in `\n`.
 */
export function siteNowText(now: SiteNow, { columns }: Terminal = {}): string {
  const { siteId, settlementPoint, settlementPointType, control, at } = now;
  const lines = [
    `${pc.bold(siteId)}  ${settlementPoint} (${settlementPointType})  ${centralTime(at)} Central  control ${control}`,
    "",
  ];
  const fit = (text: string): string => (columns === undefined ? text : wrapText(text, columns, LABEL_WIDTH));
  const add = (label: string, text: string): void =>
    void lines.push(fit(`${pc.dim(label.padEnd(LABEL_WIDTH))}${text}`));
  add("price", priceText(now));
  add("grid", gridText(now));
  add("hashprice", now.hashprice === undefined ? "not known yet" : `${now.hashprice.usdPerPhDay.toFixed(2)} $/PH/day`);
  add("power", powerText(now));
  add(
    "decision",
    now.decision === undefined
      ? "none yet"
      : `${now.decision.sequence} at ${centralTime(now.decision.at, at)}: ${now.decision.sentence}`,
  );
  if (now.lastChange !== undefined && now.lastChange.sequence !== now.decision?.sequence)
    add(
      "last change",
      `${now.lastChange.sequence} at ${centralTime(now.lastChange.at, at)}: ${now.lastChange.sentence}`,
    );
  if (now.orders.length === 0) add("orders", "none in force");
  for (const order of now.orders) add("order", orderText(order, at));
  if (now.instructions.length > 0) add("instructed", now.instructions.join(", "));
  for (const freeze of now.freezes) add("frozen", freezeText(freeze, at));
  if (now.revisionUnderWay !== undefined) add("dispatch", `revision ${now.revisionUnderWay} under way`);
  add("verdict", verdictText(now));
  add("silent", silentText(now));
  add("feeds", now.feeds.map(feedText).join("; ") || "none read yet");
  if (now.noCrossCheck !== undefined) add("note", now.noCrossCheck);
  add("stragglers", now.stragglers === 0 ? "none" : pc.yellow(`${now.stragglers}: see ballast status --stragglers`));
  for (const { firstSequence, lastSequence, runId } of now.unexported)
    add(
      "unexported",
      pc.red(`decisions ${firstSequence} to ${lastSequence}, run ${runId}: no evidence of them is kept yet`),
    );
  if (now.findings.count > 0) add("findings", pc.red(`${now.findings.count} in 24 h, newest: ${now.findings.newest}`));
  for (const { subject, problem, again } of now.refusals)
    add("refused", pc.red(`${subject}: ${problem.replace(/[.]$/, "")}. Once that is mended: ${again}`));
  for (const build of now.builds?.builds ?? [])
    add("build", build.problem !== undefined ? pc.red(buildText(build)) : buildText(build));
  if (now.builds?.unversioned !== undefined)
    add("build", pc.red(`runs are not pinned to builds: ${now.builds.unversioned}`));
  add("next look", now.nextLook === undefined ? "at the first price" : lookText(now.nextLook, at));
  lines.push("", cohortTables(now.cohorts, at, columns), "");
  for (const { cohortId, sentence } of now.cohorts)
    if (sentence !== undefined) lines.push(fit(`${pc.dim("why")} ${cohortId}: ${sentence}`));
  return `${lines.join("\n")}\n`;
}

/** The operator's list: machines that did not follow, with what was wanted and what they last said. */
export function stragglersText(stragglers: readonly StragglerRow[], machines: readonly Machine[], at: Instant): string {
  if (stragglers.length === 0) return "No stragglers: every machine that was commanded is where it should be.\n";
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
  const columns = ["machine", "host", "cohort", "wanted", "state", "last outcome", "since", "revision", "why"];
  return `${tableText(columns, rows, ["revision"])}\n`;
}

/** `853 kW`, or `12.40 MW` from a megawatt up. */
export function powerOf(kw: number | undefined): string {
  if (kw === undefined) return "unknown";
  return Math.abs(kw) >= 1000 ? `${(kw / 1000).toFixed(2)} MW` : `${kw.toFixed(1)} kW`;
}

function priceText(now: SiteNow): string {
  const { price, newestRun, decision, at } = now;
  const newest =
    newestRun === undefined
      ? ""
      : `; newest SCED run ${newestRun.lmpUsdPerMwh.toFixed(2)} of ${centralTime(newestRun.scedAt, at)} ` +
        `(${ageText(newestRun.ageSeconds)} ago)`;
  if (price === undefined) return decision === undefined ? "not known yet" : `${pc.red("no current price")}${newest}`;
  const { expectedUsdPerMwh, lowerUsdPerMwh, upperUsdPerMwh, fixedShare, intervalStart } = price;
  const interval = `${hhmm(intervalStart)}-${hhmm(addSeconds(intervalStart, 900))}`;
  const bounds =
    fixedShare === 1
      ? "all of it fixed"
      : `${Math.round(fixedShare * 100)} % fixed, ${lowerUsdPerMwh.toFixed(2)} to ${upperUsdPerMwh.toFixed(2)}`;
  return `${pc.bold(expectedUsdPerMwh.toFixed(2))} $/MWh expected for ${interval} (${bounds})${newest}`;
}

function silentText({ silentFeeds, unpolledFeeds, unansweredFeeds }: SiteNow): string {
  const words = [
    ...(silentFeeds.length === 0 ? [] : [silentFeeds.join(", ")]),
    ...(unpolledFeeds.length === 0 ? [] : [`nobody polls ${unpolledFeeds.join(", ")}: is a worker running?`]),
    ...(unansweredFeeds.length === 0 ? [] : [`no answer to the last poll of ${unansweredFeeds.join(", ")}`]),
  ];
  return words.length === 0 ? "nothing" : pc.red(words.join("; "));
}

function gridText({ grid, at }: SiteNow): string {
  if (grid === undefined) return "not known yet";
  if (grid.assumed) return `${grid.level}, assumed: this site has no grid feed`;
  const notes = [
    grid.unreadable ? ", its newest state cannot be read: look at ERCOT's own page" : "",
    // What is declared has overtaken it.
    grid.preAlert === undefined || grid.level === "watch" || grid.level.startsWith("eea")
      ? ""
      : pc.yellow(`, pre-alert: PRC ${grid.preAlert.prcMw} MW, a Watch is due below ${grid.preAlert.belowMw} MW`),
    grid.released ? `, released by ${grid.released.actor}: ${grid.released.reason}` : "",
  ].join("");
  const level = `${grid.level === "normal" ? grid.level : pc.red(grid.level)}${notes}`;
  return grid.observedAt === undefined
    ? level
    : `${level}, observed ${centralTime(grid.observedAt, at)} (${ageText(secondsBetween(grid.observedAt, at))} ago)`;
}

function powerText({ power, at }: SiteNow): string {
  const { commandedKw, meteredKw, meteredAt, meterQuality } = power;
  if (meteredAt === undefined) return `${powerOf(commandedKw)} commanded, site meter not read yet`;
  const metered =
    meteredKw === undefined
      ? pc.red(`site meter ${meterQuality === "stale" ? "frozen" : "gave no usable reading"}`)
      : `${pc.bold(powerOf(meteredKw))} at the site meter`;
  return (
    `${powerOf(commandedKw)} commanded, ${metered} at ${centralTime(meteredAt, at)} ` +
    `(${ageText(secondsBetween(meteredAt, at))} ago)`
  );
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

function verdictText({ verdict, at }: SiteNow): string {
  if (verdict === undefined) return "none yet";
  const outcome = verdict.outcome === "confirmed" ? verdict.outcome : pc.yellow(verdict.outcome);
  return `revision ${verdict.revision} ${outcome} at ${centralTime(verdict.closedAt, at)}: ${verdict.sentence}`;
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

const COHORT_HEAD = ["cohort", "client", "mode", "since", "commanded", "able", "reason"];
const STEP_HEAD = ["step", "strike $/MWh", "down above", "up below"];
const NUMBERS = ["commanded", "able", "strike $/MWh", "down above", "up below"];

/** Cohorts with their steps beside them, or one table below the other where the terminal is too narrow for that. */
function cohortTables(cohorts: readonly CohortNow[], at: Instant, columns: number | undefined): string {
  const beside = rowsOf(cohorts, at).flatMap(({ cohort, steps }) => {
    const reason = cohort.at(-1) as string;
    const [first = STEP_HEAD.map(() => "–"), ...others] = steps;
    const blank = cohort.slice(1).map(() => "");
    return [[...cohort.slice(0, -1), ...first, reason], ...others.map((step) => [...blank, ...step, ""])];
  });
  const wide = tableText([...COHORT_HEAD.slice(0, -1), ...STEP_HEAD, "reason"], beside, NUMBERS);
  const width = Math.max(...wide.split("\n").map((line) => stripVTControlCharacters(line).length));
  if (columns === undefined || width <= columns) return wide;
  const rows = rowsOf(cohorts, at);
  const isNarrow = (name: string): boolean => name !== "client";
  const commanded = rows.map(({ cohort }) => cohort.filter((_, i) => isNarrow(COHORT_HEAD[i] as string)));
  const below = rows.flatMap(({ cohort: [cohortId = "", clientId = ""], steps }) =>
    steps.map((step, i) => [...(i === 0 ? [cohortId, clientId] : ["", ""]), ...step]),
  );
  return [
    tableText(COHORT_HEAD.filter(isNarrow), commanded, NUMBERS),
    tableText(["cohort", "client", ...STEP_HEAD], below, NUMBERS),
  ].join("\n\n");
}

/** Of each cohort its cells and those of each step between two of its modes, lowest first. */
function rowsOf(cohorts: readonly CohortNow[], at: Instant): { cohort: string[]; steps: string[][] }[] {
  return cohorts.map(({ cohortId, clientId, modeId, since, commandedKw, reason, ableToRun, machines, strikes }) => ({
    cohort: [
      cohortId,
      clientId,
      modeId ?? "–",
      since === undefined ? "–" : centralTime(since, at),
      powerOf(commandedKw),
      ableToRun === undefined ? `${machines}` : `${ableToRun}/${machines}`,
      reason ?? "–",
    ],
    steps: strikes.map((step) => [
      `${step.lowerModeId} → ${step.upperModeId}`,
      step.strikeUsdPerMwh.toFixed(2),
      step.offAboveUsdPerMwh.toFixed(2),
      step.onBelowUsdPerMwh.toFixed(2),
    ]),
  }));
}

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
