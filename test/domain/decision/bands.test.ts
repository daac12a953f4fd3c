import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { planAhead } from "../../../src/domain/decision/planAhead.ts";
import { initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { Demand } from "../../../src/domain/inputs/demand.ts";
import type { CohortPlan, DecisionInput, DecisionOutput, SitePlan } from "../../../src/domain/decision/model.ts";
import type { Split } from "../../../src/domain/decision/split.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { award, mcpc } from "./reserveSite.ts";
import { at, cohort, inputAt, site } from "./site.ts";

/**
 * Sites small enough to try every split of every cohort: up to three cohorts of up to four machines in up to three
 * modes. What a rule demands is written out here a second time, from its sentence in the documents.
 */
const NOW = at("18:35:00");

/** A demand of one rule: kW at the site meter between two bounds, of one cohort or of the site. */
interface Demanded {
  readonly by: string;
  readonly cohortId?: string;
  readonly minKw?: number;
  readonly maxKw?: number;
  /** Of each cohort no more than this counts: what runs already. */
  readonly upToKw?: ReadonlyMap<string, number>;
  /** What of it the price buys back. */
  readonly boughtKw?: number;
  /** Those who would be told if it did not hold. */
  readonly isTold: boolean;
}

const anyModes = fc
  .array(fc.tuple(fc.integer({ min: 20, max: 120 }), fc.integer({ min: 500, max: 1500 })), {
    minLength: 1,
    maxLength: 2,
  })
  .map((steps) => {
    let [hashrateThs, powerW] = [0, 20];
    const modes: CohortPlan["modes"][number][] = [{ modeId: "off", hashrateThs, powerW, setpoint: { kind: "off" } }];
    for (const [i, [ths, watts]] of steps.entries()) {
      hashrateThs += ths;
      powerW += watts;
      const modeId = i === steps.length - 1 ? "normal" : "415MHz";
      modes.push({ modeId, hashrateThs, powerW, setpoint: { kind: "profile", profile: modeId } });
    }
    return modes;
  });

const anySite = fc
  .record({
    cohorts: fc.array(
      fc.record({
        modes: anyModes,
        machines: fc.integer({ min: 1, max: 4 }),
        minutes: fc.constantFrom(0, 60),
        lockedOut: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    pue: fc.constantFrom(1, 1.05),
    firmKw: fc.option(fc.constantFrom(0.5, 2), { nil: undefined }),
    singleSourceMwMax: fc.constantFrom(0.001, 0.002, 100),
    onEea: fc.constantFrom<"curtail" | "no-restart" | "none">("curtail", "no-restart", "none"),
  })
  .map(({ cohorts, onEea, firmKw, ...rest }) =>
    site({
      ...rest,
      ...(firmKw === undefined ? {} : { firmKw }),
      cohorts: cohorts.map(({ minutes, ...one }, i) =>
        cohort({
          cohortId: "abc"[i]!,
          ...one,
          lockedOut: one.lockedOut && i === 2,
          minOffMinutes: minutes,
          minOnMinutes: minutes,
        }),
      ),
      onEea: { watch: onEea, conservation: onEea, eea1: onEea, eea2: onEea, eea3: onEea },
      gridSource: "feed",
    }),
  );

const anyKw = fc.double({ min: 0, max: 20, noNaN: true });
const anyDemand: fc.Arbitrary<Demand> = fc.oneof(
  fc.constant<Demand>({ kind: "off" }),
  anyKw.map((kw): Demand => ({ kind: "target", kw })),
  fc.tuple(anyKw, anyKw).map(([kw, fromKw]): Demand => ({ kind: "reduce", kw, fromKw })),
);
/** Day-ahead prices of the hours from 18:00 on, $/MWh. */
const anyPrices = fc.array(fc.integer({ min: -100, max: 300 }), { minLength: 1, maxLength: 4 });
const anyScope = fc.constantFrom(undefined, "a", "b");
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const anyTenths = (maxKw: number) => fc.integer({ min: 1, max: maxKw * 10 }).map((tenths) => tenths / 10);
/** What is awarded of three services, kW, and clearing prices, $/MW; the plan sells reserve where there are any. */
const anyReserve = fc.record({
  kw: fc.record({ ECRS: maybe(anyTenths(10)), RRS: maybe(anyTenths(10)), REGDN: maybe(anyTenths(2)) }),
  usdPerMwHour: fc.record(
    { ECRS: fc.double({ min: 0, max: 150, noNaN: true }), RRS: fc.double({ min: 0, max: 150, noNaN: true }) },
    { requiredKeys: [] },
  ),
  lowPowerKw: maybe(anyTenths(2)),
  product: fc.constantFrom(undefined, "ECRS", "RRSUF", "ERS-10"),
});
const anyAsked = fc.record({
  price: fc.double({ min: -100, max: 300, noNaN: true }),
  from: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
  able: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
  sinceMinutes: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
  level: fc.constantFrom<GridLevel>("normal", "eea1"),
  silent: fc.subarray<"sced-lmp" | "meter">(["sced-lmp", "meter"]),
  reserve: maybe(anyReserve),
  instruction: fc.option(fc.tuple(anyDemand, anyScope), { nil: undefined }),
  order: fc.option(fc.tuple(anyDemand, anyScope), { nil: undefined }),
  floor: fc.option(
    fc.tuple(
      anyKw,
      anyScope,
      fc.option(
        anyKw.map((kw) => kw * 10),
        { nil: undefined },
      ),
    ),
    {
      nil: undefined,
    },
  ),
});
type Asked = typeof anyAsked extends fc.Arbitrary<infer T> ? T : never;

/** The site as it is asked: it sells reserve where something is awarded. */
function asSold(plan: SitePlan, { reserve }: Asked): SitePlan {
  if (reserve === undefined) return plan;
  const { lowPowerKw } = reserve;
  const sold = { resources: [], gates: [], penaltyUsdPerMwh: PENALTY, band: { lowShare: 0.95, highShare: 1.5 } };
  return { ...plan, reserve: { ...sold, ...(lowPowerKw === undefined ? {} : { lowPowerKw }) } };
}

const PENALTY = 5;

function inputOf(plan: SitePlan, asked: Asked): DecisionInput {
  const { instruction, order, floor, reserve } = asked;
  const within = (scope: string | undefined) => {
    const isThere = plan.cohorts.some(({ cohortId }) => cohortId === scope);
    return scope === undefined || !isThere ? {} : { cohortIds: [scope] };
  };
  const order0 = { actor: "maria", reason: "test", from: at("18:00:00"), until: at("20:00:00") };
  const awards = Object.entries(reserve?.kw ?? {}).flatMap(([product, kw]) =>
    kw === undefined ? [] : [award(`${(kw / 1000).toFixed(6)} MW ${product}`)],
  );
  return inputAt(plan, asked.price, {
    scedRuns: ["18:24:50", "18:29:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh: asked.price })),
    ...(awards.length === 0 ? {} : { asAwards: awards }),
    ...(reserve === undefined ? {} : { scedMcpc: mcpc(reserve.usdPerMwHour) }),
    grid: { level: asked.level, observedAt: at("18:30:00"), assumed: false },
    silentFeeds: asked.silent,
    fleetAble: {
      observedAt: at("18:30:00"),
      cohorts: plan.cohorts.map(({ cohortId, machines }, i) => ({
        cohortId,
        machines: Math.min(machines, asked.able[i]!),
      })),
    },
    instructions:
      instruction === undefined
        ? []
        : [
            {
              instructionId: "vdi-7",
              issuer: "QSE",
              action: "curtail",
              from: at("18:00:00"),
              demand: instruction[0],
              ...(reserve?.product === undefined ? {} : { product: reserve.product }),
              ...within(instruction[1]),
            },
          ],
    orders: [
      ...(floor === undefined
        ? []
        : [
            {
              ...order0,
              orderId: "floor",
              action: "run" as const,
              minKw: floor[0],
              ...within(floor[1]),
              ...(floor[2] === undefined ? {} : { breakAtUsdPerMwh: floor[2] }),
            },
          ]),
      ...(order === undefined
        ? []
        : [{ ...order0, orderId: "order", action: "curtail" as const, demand: order[0], ...within(order[1]) }]),
    ],
    cohorts: plan.cohorts.map((one, i) => ({
      cohortId: one.cohortId,
      split: splitOf(one, one.machines, Math.round(asked.from[i]! * one.machines * (one.modes.length - 1))),
      leftSplit: splitOf(one, one.machines, one.machines * (one.modes.length - 1)),
      reason: "economic" as const,
      ...(asked.sinceMinutes === undefined ? {} : { since: addSeconds(NOW, -60 * asked.sinceMinutes) }),
    })),
  });
}

/** Machines that many steps above off, the same number everywhere first. */
function splitOf({ modes }: CohortPlan, machines: number, steps: number): Split {
  const count = new Map<string, number>();
  for (let machine = 0; machine < machines; machine++) {
    const step = Math.floor(steps / machines) + (machine < steps % machines ? 1 : 0);
    const { modeId } = modes[step]!;
    count.set(modeId, (count.get(modeId) ?? 0) + 1);
  }
  return modes.flatMap(({ modeId }) => {
    const inMode = count.get(modeId);
    return inMode === undefined ? [] : [{ modeId, machines: inMode }];
  });
}

function kwOf({ pue }: SitePlan, { modes }: CohortPlan, split: Split): number {
  const wattsIn = (modeId: string): number => modes.find((mode) => mode.modeId === modeId)!.powerW;
  return split.reduce((kw, { modeId, machines }) => kw + (machines * wattsIn(modeId) * pue) / 1000, 0);
}

/** Every split of a cohort's able machines that a decision may say. */
function splitsOf(one: CohortPlan, able: number): Split[] {
  const top = able * (one.modes.length - 1);
  return Array.from({ length: top + 1 }, (_, steps) => splitOf(one, able, steps));
}

/** What the rules demand, highest first, as the documents have it. */
function demandsOf(plan: SitePlan, input: DecisionInput, output: DecisionOutput): Demanded[] {
  const offKw = (one: CohortPlan) => kwOf(plan, one, splitOf(one, ableOf(output, one), 0));
  const nowKw = (one: CohortPlan) =>
    kwOf(plan, one, output.cohorts.find((o) => o.cohortId === one.cohortId)!.fromSplit);
  // of the cohorts that one demand names, those that earn most by the kW are kept on first and taken down last
  const worth = ({ modes }: CohortPlan) => modes.at(-1)!.hashrateThs / modes.at(-1)!.powerW;
  const worstFirst = plan.cohorts.toSorted((a, b) => worth(a) - worth(b));
  const most = (by: string, demand: Demand, cohortIds: readonly string[] | undefined): Demanded[] => {
    const named = worstFirst.filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true);
    if (demand.kind === "off")
      return named.map((one) => ({ by, cohortId: one.cohortId, maxKw: offKw(one), isTold: true }));
    const maxKw = demand.kind === "target" ? demand.kw : Math.max(demand.fromKw! - demand.kw, 0);
    return [{ by, ...(cohortIds === undefined ? {} : { cohortId: cohortIds[0]! }), maxKw, isTold: true }];
  };
  const each = (by: string, bounds: (one: CohortPlan) => Partial<Demanded>, of = worstFirst): Demanded[] =>
    of.map((one) => ({ by, cohortId: one.cohortId, isTold: false, ...bounds(one) }));
  const curtails = input.facts.orders.filter(({ orderId }) => orderId === "order");
  const floors = input.facts.orders.filter(
    ({ orderId, breakAtUsdPerMwh }) =>
      orderId === "floor" &&
      !(output.expectedPrice !== undefined && output.expectedPrice.expectedUsdPerMwh > (breakAtUsdPerMwh ?? Infinity)),
  );
  return [
    ...plan.cohorts
      .filter(({ lockedOut }) => lockedOut)
      .map((one) => ({ by: "lock-out", cohortId: one.cohortId, minKw: nowKw(one), maxKw: nowKw(one), isTold: true })),
    ...input.facts.instructions.flatMap(({ product, demand, cohortIds }) =>
      most(isSold(plan, product) ? "as-deployment" : "instruction", demand!, cohortIds),
    ),
    ...reserved(plan, input, output),
    ...(input.facts.grid.level === "eea1" && plan.onEea.eea1 !== "none"
      ? each("eea-policy", (one) =>
          plan.onEea.eea1 === "curtail" ? { maxKw: offKw(one), isTold: true } : { maxKw: nowKw(one) },
        )
      : []),
    ...curtails.flatMap(({ demand, cohortIds }) => most("operator-order", demand!, cohortIds)),
    ...floors.flatMap(({ minKw, cohortIds }): Demanded[] => {
      const scope = cohortIds?.[0];
      return [
        { by: "operator-order", ...(scope === undefined ? {} : { cohortId: scope }), minKw: minKw!, isTold: true },
      ];
    }),
    ...(input.facts.silentFeeds.length > 0
      ? each("silence", (one) => ({ minKw: nowKw(one), maxKw: nowKw(one) }), worstFirst.toReversed())
      : []),
  ];
}

/** Whether what an instruction deploys is sold here. */
function isSold(plan: SitePlan, product: string | undefined): boolean {
  return plan.reserve !== undefined && (product === "ECRS" || product === "RRSUF");
}

/** kW of the site with every able machine that many modes up. */
function siteKwAt(plan: SitePlan, output: DecisionOutput, height: (modes: number) => number): number {
  const kws = plan.cohorts.map((one) => {
    const able = ableOf(output, one);
    return kwOf(plan, one, splitOf(one, able, able * height(one.modes.length)));
  });
  return kws.reduce((sum, kw) => sum + kw, plan.firmKw ?? 0);
}

/** What is still owed of each service upwards once deployments have taken theirs, kW. */
function owedUp(plan: SitePlan, { facts }: DecisionInput): { readonly product: "ECRS" | "RRS"; readonly kw: number }[] {
  if (plan.reserve === undefined) return [];
  return (["ECRS", "RRS"] as const).flatMap((product) => {
    const one = facts.asAwards?.find((each) => each.product === product);
    if (one === undefined) return [];
    const called = facts.instructions.find((each) => each.product?.startsWith(product));
    const taken = called?.demand?.kind === "reduce" ? called.demand.kw : called === undefined ? 0 : Infinity;
    const kw = Math.max(0, Number(one.awardedMw) * 1000 - taken);
    return kw > 1e-3 ? [{ product, kw }] : [];
  });
}

/** What reserve asks of the site, and what the output says is bought back. */
function reserved(plan: SitePlan, input: DecisionInput, output: DecisionOutput): Demanded[] {
  const up = owedUp(plan, input).reduce((sum, { kw }) => sum + kw, 0);
  const down = input.facts.asAwards?.find(({ product }) => product === "REGDN");
  const bought = (output.broken ?? []).filter(({ reason, by }) => reason === "as-reservation" && by === "economic");
  const lowKw = Math.max(
    siteKwAt(plan, output, () => 0),
    plan.reserve?.lowPowerKw ?? 0,
  );
  const boughtKw = bought.reduce((sum, { kw }) => sum + kw, 0);
  const isEmergency = input.facts.grid.level === "eea1";
  const topKw = siteKwAt(plan, output, (modes) => modes - 1);
  const downKw = plan.reserve === undefined || down === undefined ? 0 : Number(down.awardedMw) * 1000;
  // what runs is not taken while only machines that sleep could replace it: they are not there yet
  const running = new Map(
    output.cohorts.map(({ cohortId, fromSplit }, i) => [cohortId, kwOf(plan, plan.cohorts[i]!, fromSplit)]),
  );
  const floor = { by: "as-reservation", minKw: lowKw + up, boughtKw };
  return [
    ...(up > 0
      ? [
          // in an emergency nothing is started for it
          { ...floor, ...(isEmergency ? { boughtKw: Infinity } : {}), isTold: true },
          { ...floor, upToKw: running, isTold: false },
        ]
      : []),
    ...(downKw > 0 ? [{ by: "as-reservation", maxKw: topKw - downKw, isTold: true }] : []),
  ];
}

function ableOf(output: DecisionOutput, { cohortId }: CohortPlan): number {
  return output.cohorts.find((one) => one.cohortId === cohortId)!.ableMachines;
}

/** By how many kW a demand is missed where the cohorts take so much. */
function missedKw(plan: SitePlan, demanded: Demanded, kw: ReadonlyMap<string, number>): number {
  const counted = [...kw].map(([id, one]) => Math.min(one, demanded.upToKw?.get(id) ?? one));
  const site = counted.reduce((sum, one) => sum + one, plan.firmKw ?? 0);
  const is = demanded.cohortId === undefined ? site : kw.get(demanded.cohortId)!;
  return Math.max(0, is - (demanded.maxKw ?? Infinity), (demanded.minKw ?? -Infinity) - is);
}

/** Every way to put the site's machines. */
function everyWay(plan: SitePlan, output: DecisionOutput): Map<string, number>[] {
  let ways: Map<string, number>[] = [new Map()];
  for (const one of plan.cohorts) {
    const kws = splitsOf(one, ableOf(output, one)).map((split) => kwOf(plan, one, split));
    ways = ways.flatMap((way) => kws.map((kw) => new Map([...way, [one.cohortId, kw]])));
  }
  return ways;
}

/** The largest step of one machine between two modes, kW: no split comes nearer to a figure than that. */
function stepOf(plan: SitePlan): number {
  return Math.max(
    ...plan.cohorts.flatMap(({ modes }) =>
      modes.slice(1).map((mode, i) => ((mode.powerW - modes[i]!.powerW) * plan.pue) / 1000),
    ),
  );
}

function decided(open: SitePlan, asked: Asked) {
  const plan = asSold(open, asked);
  const input = inputOf(plan, asked);
  const output = decide(plan, input);
  const kw = new Map(
    plan.cohorts.map((one) => [
      one.cohortId,
      kwOf(plan, one, output.cohorts.find(({ cohortId }) => cohortId === one.cohortId)!.split),
    ]),
  );
  return { plan, input, output, kw };
}

describe("any site, whatever is asked of it at once, against every other way to put its machines", () => {
  it("no rule is missed by more than the rules above it leave it, to one machine", () => {
    let tried = 0;
    fc.assert(
      fc.property(anySite, anyAsked, (open, asked) => {
        const { plan, input, output, kw } = decided(open, asked);
        let left = everyWay(plan, output);
        for (const demanded of demandsOf(plan, input, output)) {
          const least = Math.min(...left.map((way) => missedKw(plan, demanded, way)));
          const missed = missedKw(plan, demanded, kw);
          if (!(missed <= least + (demanded.boughtKw ?? 0) + stepOf(plan)))
            throw new Error(`${missed} kW: ${JSON.stringify(demanded)}`);
          if (missed > 1e-6 && demanded.isTold) tried++;
          left = left.filter((way) => missedKw(plan, demanded, way) <= Math.max(least, missed) + 1e-6);
        }
      }),
      { numRuns: 10_000, seed: 20_261_128 },
    );
    // the property is worth nothing where nothing stands against anything
    expect(tried).toBeGreaterThan(500);
  }, 240_000);

  it("every kW below normal has exactly one reason, every bound that is missed is told, and no number is NaN", () => {
    fc.assert(
      fc.property(anySite, anyAsked, (open, asked) => {
        const { plan, input, output, kw } = decided(open, asked);
        for (const [i, one] of output.cohorts.entries()) {
          const own = plan.cohorts[i]!;
          const normalKw = kwOf(plan, own, splitOf(own, one.ableMachines, one.ableMachines * (own.modes.length - 1)));
          const given = one.curtailed.reduce((sum, part) => sum + part.kw, 0);
          expect(given).toBeCloseTo(Math.max(0, normalKw - kw.get(one.cohortId)!), 6);
          expect(one.curtailed.every((part) => part.kw > 0)).toBe(true);
          expect(one.split.reduce((sum, { machines }) => sum + machines, 0)).toBe(one.ableMachines);
        }
        const told = new Set((output.broken ?? []).map(({ reason, cohortId }) => `${reason} ${cohortId}`));
        for (const demanded of demandsOf(plan, input, output)) {
          const isMissed = missedKw(plan, demanded, kw) > 1e-5;
          if (isMissed && demanded.isTold) expect(told).toContain(`${demanded.by} ${demanded.cohortId}`);
        }
        expect(JSON.stringify(output)).not.toContain("null");
      }),
      { numRuns: 10_000, seed: 20_261_129 },
    );
  }, 240_000);

  it("reserve stays on as far as the price is not beyond threshold, clearing price and penalty, and not further", () => {
    let [bought, kept] = [0, 0];
    fc.assert(
      fc.property(anySite, anyAsked, anyReserve, (open, any, reserve) => {
        const cohorts = open.cohorts.map((one) => ({ ...one, lockedOut: false, minOffMinutes: 0, minOnMinutes: 0 }));
        const site0 = { ...open, cohorts, singleSourceMwMax: 100 };
        const bare = {
          instruction: undefined,
          order: undefined,
          floor: undefined,
          silent: [],
          level: "normal" as const,
        };
        const asked = { ...any, ...bare, price: Math.abs(any.price) + 50 };
        const { plan, input, output, kw } = decided(site0, {
          ...asked,
          reserve: { ...reserve, kw: { ...reserve.kw, REGDN: undefined } },
        });
        const sumOf = (kws: ReadonlyMap<string, number>) =>
          [...kws.values()].reduce((sum, one) => sum + one, plan.firmKw ?? 0);
        // what a price that is lower by the premium would leave on without any award
        const runsKw = (premium: number): number =>
          sumOf(decided(site0, { ...asked, reserve: undefined, price: asked.price - premium }).kw);
        const topKw = siteKwAt(plan, output, (modes) => modes - 1);
        const layers = owedUp(plan, input)
          .map(({ product, kw: owedKw }) => ({ owedKw, usd: input.facts.scedMcpc?.usdPerMwHour[product] }))
          .map(({ owedKw, usd }) => ({ owedKw, premium: usd === undefined ? Infinity : usd + PENALTY }))
          .toSorted((a, b) => (a.premium === b.premium ? 0 : b.premium - a.premium));
        let owedKw = Math.max(
          siteKwAt(plan, output, () => 0),
          plan.reserve?.lowPowerKw ?? 0,
        );
        let leastKw = runsKw(0);
        for (const layer of layers) {
          owedKw += layer.owedKw;
          leastKw = Math.max(leastKw, Math.min(owedKw, layer.premium === Infinity ? topKw : runsKw(layer.premium)));
        }
        expect(sumOf(kw)).toBeGreaterThan(leastKw - 1e-6);
        expect(sumOf(kw)).toBeLessThan(leastKw + stepOf(plan) + 1e-6);
        if ((output.broken ?? []).some(({ by }) => by === "economic")) bought++;
        const held = output.cohorts.flatMap(({ heldOnBy = [] }) => heldOnBy);
        expect(held.every(({ reason }) => reason === "as-reservation")).toBe(true);
        if (held.length > 0) kept++;
      }),
      { numRuns: 2_000, seed: 20_261_132 },
    );
    expect(Math.min(bought, kept)).toBeGreaterThan(100);
  }, 240_000);

  it("within a hold the price turns nothing back, however the machines are split", () => {
    fc.assert(
      fc.property(anySite, anyAsked, (plan, asked) => {
        const nothing = { reserve: undefined, instruction: undefined, order: undefined, floor: undefined };
        const bare = { ...asked, ...nothing, level: "normal" as const };
        const { output } = decided(plan, { ...bare, silent: [], sinceMinutes: 5 });
        for (const [i, one] of output.cohorts.entries()) {
          const own = plan.cohorts[i]!;
          if (own.minOffMinutes === 0 || one.ableMachines === 0) continue;
          const before = kwOf(plan, own, one.fromSplit);
          const after = kwOf(plan, own, one.split);
          // everything came down from the top five minutes ago: it may go on down, and not up
          expect(after).toBeLessThanOrEqual(before + 1e-9);
        }
      }),
      { numRuns: 10_000, seed: 20_261_130 },
    );
  }, 240_000);

  it("a level for the site takes the machines that earn least by the kW, and as few as reach it", () => {
    fc.assert(
      fc.property(anySite, anyKw, (open, targetKw) => {
        const plan = { ...open, cohorts: open.cohorts.map((one) => ({ ...one, lockedOut: false })) };
        const { output, kw } = decided(plan, {
          price: -100,
          from: [1, 1, 1],
          able: [4, 4, 4],
          sinceMinutes: undefined,
          level: "normal",
          silent: [],
          reserve: undefined,
          instruction: [{ kind: "target", kw: targetKw }, undefined],
          order: undefined,
          floor: undefined,
        });
        const rungs = output.cohorts.flatMap((one, i) => {
          const { modes } = plan.cohorts[i]!;
          const height = one.split.reduce(
            (sum, { modeId, machines }) => sum + machines * modes.findIndex((mode) => mode.modeId === modeId),
            0,
          );
          return modes.slice(1).map((mode, pair) => {
            const lower = modes[pair]!;
            const on = Math.min(Math.max(height - pair * one.ableMachines, 0), one.ableMachines);
            const thsPerW = (mode.hashrateThs - lower.hashrateThs) / (mode.powerW - lower.powerW);
            return {
              cohortId: one.cohortId,
              pair,
              thsPerW,
              on,
              off: one.ableMachines - on,
              stepW: mode.powerW - lower.powerW,
            };
          });
        });
        for (const up of rungs.filter(({ on }) => on > 0))
          for (const down of rungs.filter(({ off }) => off > 0)) {
            if (down.cohortId === up.cohortId || down.thsPerW <= up.thsPerW) continue;
            // a worse rung stays only where a better one above it in its own cohort had to go before it
            const shielded = rungs.some(
              (one) => one.cohortId === up.cohortId && one.pair > up.pair && one.thsPerW >= down.thsPerW,
            );
            expect(shielded, JSON.stringify({ up, down })).toBe(true);
          }
        const siteKw = [...kw.values()].reduce((sum, one) => sum + one, plan.firmKw ?? 0);
        const off = rungs.filter(({ off: n }) => n > 0);
        const reached = siteKw <= targetKw + 1e-6;
        expect(reached || rungs.every(({ on }) => on === 0)).toBe(true);
        if (off.length > 0 && reached)
          expect(siteKw + (Math.max(...off.map(({ stepW }) => stepW)) * plan.pue) / 1000).toBeGreaterThan(targetKw);
      }),
      { numRuns: 10_000, seed: 20_261_131 },
    );
  }, 240_000);

  it("plans three hours ahead without a gap, within what the site can take, and with one reason for each kW", () => {
    fc.assert(
      fc.property(anySite, anyAsked, anyPrices, (open, asked, usdPerMwh) => {
        const plan = asSold(open, asked);
        const before = inputOf(plan, asked);
        const dayAheadPrice = [{ startsAt: at("18:00:00"), usdPerMwh }];
        const input = { ...before, facts: { ...before.facts, dayAheadPrice } };
        const output = decide(plan, input);
        const state = { ...initialSiteState(plan), sequence: 4, previousHash: "hash-4" };
        const record = nextRecord({ plan, planHash: "plan", state, input, output, ruleSet: RULE_SET });
        const { intervals } = planAhead(plan, record, at("21:35:00"));
        expect(intervals.map(({ from }) => from)).toEqual([NOW, ...intervals.slice(0, -1).map(({ until }) => until)]);
        const topKw = plan.cohorts.reduce((kw, one) => kw + kwOf(plan, one, splitsOf(one, one.machines).at(-1)!), 20);
        for (const { meanKw, leastKw, decision } of intervals) {
          expect(leastKw).toBeLessThanOrEqual(meanKw + 1e-6);
          expect(leastKw >= 0 && meanKw <= topKw).toBe(true);
          for (const one of decision.output.cohorts) {
            const of = plan.cohorts.find(({ cohortId }) => cohortId === one.cohortId)!;
            const normalKw = kwOf(plan, of, splitsOf(of, one.ableMachines).at(-1)!);
            const downKw = one.curtailed.reduce((sum, part) => sum + part.kw, 0);
            expect(normalKw - kwOf(plan, of, one.split)).toBeCloseTo(downKw, 6);
          }
        }
      }),
      { numRuns: 200, seed: 20_261_132 },
    );
  }, 240_000);
});
