import { central, msOfWall } from "../centralTime.ts";
import type { GridSnapshot } from "../priceDay.ts";
import type { SimulatedPage } from "./page.ts";

/** A row of the page; it is shown from `atMs` on. */
export interface SimulatedMessage {
  readonly atMs: number;
  readonly summary: string;
  readonly type: string;
  /** Active, or Cancelled from `cancelledAtMs` on. */
  readonly cancelledAtMs?: number;
}

const DAY_MS = 24 * 3_600_000;
const KEPT_DAYS = 31;
/** A message follows the change of the dashboard's state. */
const AFTER_MS = 25_000;
const RUNGS: Readonly<Record<string, { readonly type: string; readonly summary: string }>> = {
  conservation: {
    type: "Advisory",
    summary: "ERCOT has issued a Voluntary Conservation Notice for this evening's peak hours.",
  },
  watch: {
    type: "Watch",
    summary: "ERCOT has issued a Watch due to physical responsive capability below 3,000 MW. No EEA is expected.",
  },
  eea1: { type: "Emergency", summary: "ERCOT has declared Energy Emergency Alert (EEA) Level 1." },
  eea2: {
    type: "Emergency",
    summary: "ERCOT has declared Energy Emergency Alert (EEA) Level 2 & deployed load resources.",
  },
  eea3: { type: "Emergency", summary: "ERCOT has declared EEA Level 3. Transmission operators shed firm load." },
};
/** What a quiet day has: derates, constraints, outages. */
const ROUTINE: readonly (readonly [time: string, summary: string])[] = [
  ["03:12:00", "DC Tie East is derated to 410 MW import and 600 MW export."],
  ["09:47:30", "The West Texas Export GTC limit is changed to 9,870 MW."],
  ["16:05:10", "Sudden loss of generation greater than 450 MW occurred. Frequency declined to 59.91 Hz."],
];

/** Messages that accompany the states of the grid, oldest first. */
export function messagesOf(conditions: readonly GridSnapshot[]): readonly SimulatedMessage[] {
  return conditions.flatMap((now, i) => {
    const before = conditions[i - 1]?.state ?? "normal";
    if (before === now.state) return [];
    const endsAt = conditions.slice(i).find(({ state }) => state !== now.state)?.atMs;
    const atMs = now.atMs + AFTER_MS;
    const [level, levelBefore] = [eeaOf(now.state), eeaOf(before)];
    if (level > 0 && level < levelBefore)
      return [
        { atMs, type: "Emergency", summary: `ERCOT has moved from EEA Level ${levelBefore} to EEA Level ${level}.` },
      ];
    const over = levelBefore > 0 && level === 0;
    const rung = RUNGS[now.state];
    const end = { atMs, type: over ? "Emergency" : "Operational Information", summary: endOf(before) };
    if (rung === undefined) return [end];
    const cancelledAtMs = endsAt === undefined || level > 0 ? undefined : endsAt + AFTER_MS;
    return [...(over ? [end] : []), { atMs, ...rung, ...(cancelledAtMs === undefined ? {} : { cancelledAtMs }) }];
  });
}

function eeaOf(state: string): number {
  return Number(/^eea([123])$/.exec(state)?.[1] ?? 0);
}

function endOf(before: string): string {
  if (eeaOf(before) > 0) return "ERCOT has terminated the Energy Emergency Alert (EEA).";
  return `ERCOT has cancelled the following notice: ${RUNGS[before]?.summary ?? before}`;
}

/** Routine messages of the days that the page still keeps. */
function routine(nowMs: number): readonly SimulatedMessage[] {
  return Array.from({ length: KEPT_DAYS + 1 }, (_, age) =>
    routineOf(central(nowMs - age * DAY_MS).toFormat("yyyy-MM-dd")),
  ).flat();
}

/** The page shows its whole month again at each request. */
const routines = new Map<string, readonly SimulatedMessage[]>();
const rows = new Map<string, string>();

function routineOf(day: string): readonly SimulatedMessage[] {
  const made =
    routines.get(day) ??
    ROUTINE.flatMap(([time, summary]) => {
      const atMs = msOfWall(day, time, false);
      return atMs === undefined ? [] : [{ atMs, type: "Operational Information", summary }];
    });
  routines.set(day, made);
  return made;
}

function row(message: SimulatedMessage, nowMs: number): string {
  const { atMs, summary, type, cancelledAtMs } = message;
  const status = cancelledAtMs !== undefined && cancelledAtMs <= nowMs ? "Cancelled" : "Active";
  const key = `${atMs} ${status} ${summary}`;
  const made =
    rows.get(key) ??
    [
      "        <tr>",
      `          <td class="datetime">${central(atMs).toFormat("MMM d, yyyy h:mm:ss a")}</td>`,
      `          <td class="summary">`,
      `            ${summary.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}`,
      "          </td>",
      `          <td class="type">${type}</td>`,
      `          <td class="priority">${status}</td>`,
      "        </tr>",
    ].join("\n");
  rows.set(key, made);
  return made;
}

/**
 * The page of operations messages: about a month of them, newest first, Central times without an offset. Shape: the
 * recorded excerpt of the page in the shared samples; what is around the table is made up.
 */
export const operationsMessages: SimulatedPage = {
  route: "operations-messages",
  path: "/services/comm/mkt_notices/opsmessages",
  contentType: "text/html; charset=utf-8",
  text: ({ day }, _nowMs, standsSinceMs) => {
    const shown = [...messagesOf(day.conditions), ...routine(standsSinceMs)]
      .filter(({ atMs }) => atMs <= standsSinceMs && atMs > standsSinceMs - KEPT_DAYS * DAY_MS)
      .toSorted((a, b) => b.atMs - a.atMs);
    return [
      "<!doctype html>",
      `<html lang="en">`,
      "  <head><title>Operations Messages</title><script>if (1 < 2) { window.page = '<table>'; }</script></head>",
      "  <body>",
      `    <nav><a href="/">Home</a> <a href="/services">Services</a></nav>`,
      "    <table>",
      "      <thead><tr><th>Date &amp; Time</th><th>Notice</th><th>Type</th><th>Status</th></tr></thead>",
      "      <tbody>",
      ...shown.map((message) => row(message, standsSinceMs)),
      "      </tbody>",
      "    </table>",
      "  </body>",
      "</html>",
      "",
    ].join("\n");
  },
};
