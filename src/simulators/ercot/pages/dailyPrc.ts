import { central, dashboardStamp } from "../centralTime.ts";
import type { GridSnapshot } from "../priceDay.ts";
import { dashboardPage } from "./page.ts";

const CONDITIONS: Readonly<Record<string, { readonly title: string; readonly note: string }>> = {
  normal: { title: "Normal Conditions", note: "There is enough power for current demand." },
  conservation: { title: "Voluntary Conservation", note: "Texans are asked to reduce their use of power." },
  watch: { title: "Watch", note: "Reserves are low and may fall further." },
  eea1: { title: "Energy Emergency Alert Level 1", note: "Reserves are below 2,500 MW." },
  eea2: { title: "Energy Emergency Alert Level 2", note: "Reserves are below 2,000 MW." },
  eea3: { title: "Energy Emergency Alert Level 3", note: "Controlled outages are under way." },
};
const ROWS = 30;
/**
 * `daily-prc.json` as it stands at `nowMs`, refreshed every `everySeconds`; undefined before the first snapshot. When
 * it `standsSinceMs`, only `lastUpdated` moves.
 */
function conditionAt(
  conditions: readonly GridSnapshot[],
  nowMs: number,
  everySeconds: number,
  standsSinceMs: number,
): object | undefined {
  const refreshed = (ms: number): number => Math.floor(ms / (everySeconds * 1000)) * everySeconds * 1000;
  const refreshedMs = refreshed(standsSinceMs);
  const known = conditions.filter(({ atMs }) => atMs <= refreshedMs);
  const current = known.at(-1);
  if (current === undefined) return undefined;
  const words = CONDITIONS[current.state];
  return {
    lastUpdated: dashboardStamp(refreshed(nowMs)),
    current_condition: {
      title: words?.title ?? current.state,
      state: current.state,
      index: current.eeaLevel,
      condition_note: words?.note ?? "",
      prc_value: current.prcMw.toLocaleString("en-US"),
      eea_level: current.eeaLevel,
      energy_level_value: current.eeaLevel,
      datetime: refreshedMs / 1000,
    },
    data: Array.from({ length: ROWS }, (_, i) => refreshedMs - (ROWS - 1 - i) * everySeconds * 1000).flatMap((atMs) => {
      const then = known.findLast((one) => one.atMs <= atMs);
      const row = { timestamp: dashboardStamp(atMs), epoch: atMs, interval: central(atMs).minute, dstFlag: "N" };
      return then === undefined ? [] : [{ ...row, prc: then.prcMw }];
    }),
  };
}

/** Condition of the grid and PRC. */
export const dailyPrc = dashboardPage("daily-prc", ({ day, prcEverySeconds }, nowMs, standsSinceMs) =>
  conditionAt(day.conditions, nowMs, prcEverySeconds, standsSinceMs),
);
