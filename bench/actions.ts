import type { WatchedFeed } from "../activities/market.ts";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import { watchdogOf } from "../src/app/system/watches.ts";
import { feedsOf } from "../src/app/worker/feeds.ts";
import type { RunSiteInput } from "../workflows/contracts.ts";
import {
  type Action,
  ACTION_KINDS,
  actionsOf,
  attributesOf,
  countByKind,
  firstArgument,
  type HistoryEvent,
  priceWindows,
} from "./support/actionCount.ts";
import { type Bench, type BenchReport, type BenchTable, countOption } from "./support/bench.ts";
import { hoursOption, type QuietSession, quietSession } from "./support/quietSession.ts";
import { realClockDay } from "./support/realClockDay.ts";
import { spreadOf } from "./support/spread.ts";

const FIRST_DAY = "2026-06-09";
/** How often a waiting feed's heartbeat reaches the server, at most: the workers' own setting. */
const HEARTBEAT_SECONDS = 5;

export const actions: Bench = {
  name: "actions",
  summary: "Temporal actions of one site on a quiet day, by kind, as Temporal bills them",
  options: (command) =>
    command
      .option("--hours <n>", "only the last hours of the day, for a quick look")
      .option("--machines <n>", "machines of each cohort", "2")
      .option("--net <n>", "machines get addresses of 127.<n>.0.0/16", "45")
      .option("--seed <n>", "fixes the prices", "1"),
  run: async (options, context): Promise<BenchReport> => {
    const seed = countOption(options, "seed");
    const session = await quietSession({
      ...context,
      firstDay: FIRST_DAY,
      days: 1,
      hours: hoursOption(options),
      machinesPerCohort: countOption(options, "machines"),
      net: countOption(options, "net"),
      seed,
    });
    const paced = wholeDay(session);
    const inputs = paced.events
      .filter(({ eventType }) => eventType === "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED")
      .map((event) => firstArgument(attributesOf(event)) as SiteInput);
    const start = firstArgument(attributesOf(paced.events[0] as HistoryEvent)) as RunSiteInput;
    context.say("The same day on the real clock, step by step ...");
    const real = await realClockDay(start, inputs);
    return report({ session, paced, pacedActions: actionsOf(paced.events), real, seed });
  },
};

/** The run that began with the day, or in it, and closed at its end. */
function wholeDay({ runs }: QuietSession): { events: readonly HistoryEvent[]; jsonBytes: number } {
  for (const { bytes } of runs) {
    const { events } = JSON.parse(new TextDecoder().decode(bytes)) as { events: HistoryEvent[] };
    const started = firstArgument(attributesOf(events[0] as HistoryEvent)) as RunSiteInput;
    if (started.operatingDay === FIRST_DAY) return { events, jsonBytes: bytes.byteLength };
  }
  throw new Error(`no run of ${FIRST_DAY} was closed`);
}

/**
 * Returns of the activity with news, as many as the site was told; without, and timers, both at most as often as the
 * activity is to be heard of.
 */
function heardPerDay(feed: WatchedFeed | undefined, real: readonly Action[]): number {
  if (feed?.role !== "record") return 0;
  const news = real.filter(({ kind, what }) => kind === "signal" && what === feed.silentAs).length;
  return news + 2 * Math.ceil(86_400 / watchdogOf(feed, { kind: "real" }).hearEverySeconds);
}

function report({
  session,
  paced,
  pacedActions,
  real,
  seed,
}: {
  session: QuietSession;
  paced: ReturnType<typeof wholeDay>;
  pacedActions: Action[];
  real: Action[];
  seed: number;
}): BenchReport {
  const clocks = [
    ["real clock", real],
    ["paced clock", pacedActions],
  ] as const;
  const runs = real.filter(({ kind, what }) => kind === "signal" && what === "sced-lmp").length;
  const watched = feedsOf(session.deployment);
  const feeds = [...session.feeds].map(([feedId, events]) => {
    const activities = actionsOf(events).filter(({ kind }) => kind === "activity").length;
    return {
      feedId,
      actions: actionsOf(events).length,
      activities,
      watchdogs: heardPerDay(watched.get(feedId), real),
    };
  });
  const perRunQuietDay = real.length / runs;
  return {
    inputSize: `one site, one quiet day of ${runs} SCED runs`,
    seed,
    peakMemoryMb: session.peakMemoryMb,
    tables: [
      {
        title: "One site, one quiet day: actions by kind",
        columns: ["", ...ACTION_KINDS, "all", "per SCED run"],
        rows: clocks.map(([name, all]) => [
          name,
          ...Object.values(countByKind(all)).map(String),
          String(all.length),
          (all.length / runs).toFixed(2),
        ]),
      },
      { title: "What they are", columns: ["action", "real clock", "paced clock"], rows: whatTable(real, pacedActions) },
      {
        title: "Between one SCED price and the next when nothing else arrives",
        columns: ["", "such runs", "mean", "p50", "p90", "max"],
        rows: clocks.map(([name, all]) => {
          const sizes = quietSizes(all);
          const { samples, p50, p90, max } = spreadOf(sizes);
          return [name, String(samples), mean(sizes).toFixed(2), String(p50), String(p90), String(max)];
        }),
      },
      historyTable(paced),
      {
        title: "Feeds, one for all sites: actions a day",
        columns: [
          "feed",
          "paced clock",
          "of these activities",
          "more on the real clock, whose workflow hears of it, at most",
          "heartbeats, at most",
        ],
        rows: feeds.map((feed) => [
          feed.feedId,
          ...[feed.actions, feed.activities, feed.watchdogs, 86_400 / HEARTBEAT_SECONDS].map(String),
        ]),
      },
    ],
    figures: {
      perQuietRun: mean(quietSizes(real)),
      perRunQuietDay,
      perQuietRunPaced: mean(quietSizes(pacedActions)),
      perRunQuietDayPaced: pacedActions.length / runs,
      actionsPerDay: real.length,
      timersPerDay: countByKind(real).timer,
      historyEventsPerDay: paced.events.length,
      historyBytesPerDay: historyBytes(paced.events),
      feedActionsPerDay: feeds.reduce((sum, feed) => sum + feed.actions + feed.watchdogs, 0),
      yardstickPerRun: LEAST_PER_RUN,
      ratioPerRun: perRunQuietDay / LEAST_PER_RUN,
    },
    goals: [
      { figure: "perQuietRun", what: "actions of a quiet SCED run, mean", limit: 2, sense: "max" },
      { figure: "perRunQuietDay", what: "actions a SCED run, a quiet day all in", limit: 3, sense: "max" },
    ],
    notes: [
      "Paced clock: counted in the history of a real server. Real clock: the same inputs at the same market times " +
        "to the same workflow code in the SDK's sandbox, without a server, its timers fired when they are due; what " +
        "it asks for is counted.",
      `Yardstick: ${LEAST_PER_RUN} a run, a signal in and an activity out, without which no decision is evidence.`,
      "Counted as Temporal bills them: starts (also by continue-as-new), signals, updates, attempts of activities, " +
        "timers, search attribute upserts, children. On the paced clock, which production does not have, queries " +
        "come on top and are in no history.",
      "On the real clock a feed's workflow has a timer for each wait, in case nothing is heard of its activity.",
      `Feeds: heartbeats are billed where they reach the server, every ${HEARTBEAT_SECONDS} s while an activity ` +
        `waits; they are in no history, so the column is a computed bound.`,
    ],
  };
}

const LEAST_PER_RUN = 2;

function quietSizes(actions: readonly Action[]): number[] {
  return priceWindows(actions)
    .filter(({ quiet }) => quiet)
    .map((window) => window.actions.length);
}

function whatTable(real: readonly Action[], paced: readonly Action[]): string[][] {
  const name = ({ kind, what }: Action): string => `${kind}: ${what}`;
  const count = (actions: readonly Action[], what: string): string =>
    String(actions.filter((action) => name(action) === what).length);
  const whats = [...new Set([...real, ...paced].map(name))].sort();
  return whats.map((what) => [what, count(real, what), count(paced, what)]);
}

function historyTable({ events, jsonBytes }: ReturnType<typeof wholeDay>): BenchTable {
  return {
    title: "History of the day's run (paced clock; the server suggests a new run at 4,096 events or 4 MiB)",
    columns: ["events", "bytes as the server counts them", "bytes as exported JSON"],
    rows: [[String(events.length), String(historyBytes(events)), String(jsonBytes)]],
  };
}

/** The server's own count, as it told the last workflow task. */
function historyBytes(events: readonly HistoryEvent[]): number {
  const started = events.filter(({ eventType }) => eventType === "EVENT_TYPE_WORKFLOW_TASK_STARTED").at(-1);
  return Number(attributesOf(started as HistoryEvent)["historySizeBytes"]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
