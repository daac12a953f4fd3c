import type { KeptClock } from "../../src/ports/meterWatch.ts";
import { instantFromMs, msOfInstant } from "../../src/domain/units/instant.ts";
import type { SimCommand } from "../../src/simulators/miners/model.ts";
import type { OutsideLook } from "./outsideWitness.ts";
import type { Outage } from "./silences.ts";

/** Of what was to come off, this may be missing: ERCOT's performance band begins at 95 %. */
const MISSING_SHARE = 0.05;
/** By this share a site's machines may take more than their nameplates, by which a load is ordered. */
const ABOVE_NAMEPLATE = 0.02;
/** What a site that is back may lack of its nameplate: a machine or two may be slow to wake. */
const BACK_SHARE = 0.9;
/** A look of the product may be this much beside one of ours, s; the load moves meanwhile. */
const BESIDE_SECONDS = 12;

/** What a site owed, from when to when (market time, ms), and what that is judged by. */
export type Duty = {
  readonly what: string;
  readonly siteId: string;
  readonly fromMs: number;
  readonly untilMs: number;
} & (
  | {
      /** The load may not be above the target. */ readonly kind: "at-most";
      readonly targetKw: number;
      readonly baseKw: number;
    }
  | { /** The load has to be back once before the end. */ readonly kind: "back"; readonly normalKw: number }
  | { /** None of these machines may hash. */ readonly kind: "off"; readonly machineIds: readonly string[] }
  | {
      /** None of these machines may be told to wake. */ readonly kind: "no-start";
      readonly machineIds: readonly string[];
    }
);

/** What the world saw. */
export interface Seen {
  readonly looks: ReadonlyMap<string, readonly OutsideLook[]>;
  readonly commands: readonly SimCommand[];
}

/** Why a duty was not done, in words; undefined where it was. */
export function breachOf(duty: Duty, { looks, commands }: Seen): string | undefined {
  const { what, siteId, fromMs, untilMs } = duty;
  const during = (looks.get(siteId) ?? []).filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
  const of = `${siteId}, ${what}`;
  if (duty.kind === "no-start") {
    const woken = commands.filter(
      ({ atMs, machineId, command, parameter, outcome }) =>
        atMs >= fromMs &&
        atMs <= untilMs &&
        duty.machineIds.includes(machineId) &&
        command === "curtail" &&
        parameter.startsWith("wakeup") &&
        outcome !== "no-change",
    );
    const [first] = woken;
    return first && `${of}: ${woken.length} commands to wake, the first at ${stamp(first.atMs)} to ${first.machineId}`;
  }
  if (during.length === 0) return `${of}: nobody looked at the meter from ${stamp(fromMs)} to ${stamp(untilMs)}`;
  if (duty.kind === "back") {
    const leastKw = duty.normalKw * BACK_SHARE;
    const most = Math.max(...during.map(({ kw }) => kw));
    return most >= leastKw
      ? undefined
      : `${of}: ${most.toFixed(1)} kW at most until ${stamp(untilMs)}, not ${leastKw.toFixed(1)}`;
  }
  if (duty.kind === "off") {
    const running = during.flatMap(({ atMs, hashing }) =>
      duty.machineIds.some((id) => hashing.has(id))
        ? [{ atMs, ids: duty.machineIds.filter((id) => hashing.has(id)) }]
        : [],
    );
    const [first] = running;
    return (
      first &&
      `${of}: ${first.ids.length} machines hash at ${stamp(first.atMs)} (${running.length} looks of ${during.length})`
    );
  }
  const allowedKw = allowed(duty);
  const above = during.filter(({ kw }) => kw > allowedKw);
  const [first] = above;
  return (
    first &&
    `${of}: ${first.kw.toFixed(1)} kW at ${stamp(first.atMs)}, at most ${allowedKw.toFixed(1)} ` +
      `(${above.length} looks of ${during.length}, the worst ${Math.max(...above.map(({ kw }) => kw)).toFixed(1)} kW)`
  );
}

/** When the load was first as low as owed, s from `sinceMs`; undefined where it never was. */
export function secondsUntilThere(
  duty: Extract<Duty, { readonly kind: "at-most" }>,
  sinceMs: number,
  { looks }: Pick<Seen, "looks">,
): number | undefined {
  const there = (looks.get(duty.siteId) ?? []).find(({ atMs, kw }) => atMs >= sinceMs && kw <= allowed(duty));
  return there === undefined || there.atMs > duty.untilMs ? undefined : (there.atMs - sinceMs) / 1000;
}

/**
 * What an instruction's clock came to, held against the world's own meter: why it is wrong, in words; undefined where
 * it is right. While somebody needed was away nobody could look: unknown is right then.
 */
export function wrongVerdict(
  siteId: string,
  { instructionId, startedAt, dueAt, baseKw, targetKw, verdict }: KeptClock,
  { looks }: Pick<Seen, "looks">,
  outages: readonly Outage[],
): string | undefined {
  if (verdict === undefined) return undefined;
  const of = `${siteId}, clock of ${instructionId} from ${startedAt}: "${verdict.sentence}"`;
  const startMs = msOfInstant(startedAt);
  const around = (ms: number): readonly number[] =>
    (looks.get(siteId) ?? []).flatMap(({ atMs, kw }) => (Math.abs(atMs - ms) <= BESIDE_SECONDS * 1000 ? [kw] : []));
  const allowedKw =
    targetKw === undefined
      ? undefined
      : baseKw === undefined || baseKw <= targetKw
        ? targetKw
        : baseKw - (1 - MISSING_SHARE) * (baseKw - targetKw);
  // The product's meter is read with noise of 0.2 %.
  if (verdict.outcome === "met" && verdict.seconds !== undefined && allowedKw !== undefined) {
    const least = Math.min(...around(startMs + verdict.seconds * 1000));
    return least <= allowedKw * 1.005 ? undefined : `${of}, but the world's meter had ${least.toFixed(1)} kW`;
  }
  if (verdict.outcome === "short" && dueAt !== undefined && allowedKw !== undefined) {
    const most = Math.max(...around(msOfInstant(dueAt)));
    return most > allowedKw * 0.995 ? undefined : `${of}, but the world's meter had ${most.toFixed(1)} kW`;
  }
  if (verdict.outcome !== "unknown") return undefined;
  const end = dueAt ?? startedAt;
  const wasAway = outages.some(({ from, to }) => from <= end && msOfInstant(to) >= startMs - 120_000);
  return wasAway ? undefined : `${of}, though nobody was away`;
}

/** What the load may be at most, kW: what may be missing of a reduction, and what machines take beyond nameplates. */
function allowed({ targetKw, baseKw }: Extract<Duty, { readonly kind: "at-most" }>): number {
  return targetKw + MISSING_SHARE * Math.max(baseKw - targetKw, 0) + ABOVE_NAMEPLATE * targetKw;
}

function stamp(ms: number): string {
  return instantFromMs(Math.round(ms)).slice(11, 19);
}
