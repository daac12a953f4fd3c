import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import { decide, RULE_SET } from "../../../src/domain/decision/decide.ts";
import type { HashpriceInput } from "../../../src/domain/inputs/hashprice.ts";
import type { ScedLmpInput } from "../../../src/domain/inputs/scedLmp.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type {
  CohortPlan,
  DecisionInput,
  DecisionOutput,
  DecisionRecord,
  SitePlan,
} from "../../../src/domain/decision/model.ts";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { Split } from "../../../src/domain/decision/split.ts";
import { nextRecord } from "../../../src/domain/decision/nextRecord.ts";
import { adopt, decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import {
  centralWall,
  intervalKey,
  intervalStart,
  settlementInterval,
  wallToInstant,
} from "../../../src/domain/market/calendar.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

/**
 * Hashprice at which a machine of 100 TH/s and 3,000 W has a strike of exactly 75 $/MWh with no fee, adder or residual
 * draw.
 */
export const HASHPRICE_FOR_75 = 54;

/** Central wall clock of the test day 2024-08-20, `HH:MM:SS`. */
export function at(time: string): Instant {
  return wallToInstant({ day: "2024-08-20", time, repeatedHour: false });
}

export function clockOf(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : centralWall(instant).time;
}

/** A cohort of strike 75 $/MWh at `HASHPRICE_FOR_75`: 100 machines, 0.3 MW, two modes, no hold times. */
export function cohort(changes: Partial<CohortPlan> = {}): CohortPlan {
  return {
    cohortId: "a",
    clientId: "client",
    model: "S19j Pro",
    firmware: "luxos",
    machines: 100,
    modes: [
      { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
      { modeId: "normal", hashrateThs: 100, powerW: 3000, setpoint: { kind: "profile", profile: "default" } },
    ],
    normalModeId: "normal",
    control: "act",
    minOffMinutes: 0,
    minOnMinutes: 0,
    lockedOut: false,
    ...changes,
  };
}

/** The same size of cohort at another strike: 75 · hashrate ÷ 100. */
export function cohortOfStrike(cohortId: string, model: string, strike: number): CohortPlan {
  return cohort({
    cohortId,
    model,
    modes: [
      { modeId: "off", hashrateThs: 0, powerW: 0, setpoint: { kind: "off" } },
      {
        modeId: "normal",
        hashrateThs: (100 * strike) / 75,
        powerW: 3000,
        setpoint: { kind: "profile", profile: "default" },
      },
    ],
  });
}

export function site(changes: Partial<SitePlan> = {}): SitePlan {
  return {
    siteId: "pecan-draw",
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    control: "act",
    cohorts: [cohort()],
    economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0 },
    onEea: { watch: "none", conservation: "no-restart", eea1: "no-restart", eea2: "curtail", eea3: "curtail" },
    onPrcPreAlert: "no-restart",
    onSilence: { scedPrice: "hold", hashprice: "hold", gridCondition: "hold", meter: "hold" },
    staleness: {
      scedPriceSeconds: 600,
      gridConditionSeconds: 300,
      hashpriceSeconds: 172_800,
    },
    pue: 1,
    poolFee: 0,
    avoidableAddersUsdPerMwh: 0,
    priceFloorUsdPerMwh: -250,
    priceCapUsdPerMwh: 5000,
    singleSourceMwMax: 100,
    gridSource: "assumed-normal",
    ...changes,
  };
}

/** What a test says of a decision's input: members of its facts, or of what the site itself is at. */
export type InputChanges = Partial<Omit<DecisionInput, "facts"> & DecisionInput["facts"]>;

/**
 * Decision input at 18:35 of the test day with one SCED run at `lmp` in force since 18:29:50, every cohort in its
 * normal mode.
 */
export function inputAt(plan: SitePlan, lmp: number, changes: InputChanges = {}): DecisionInput {
  const { asOf = at("18:35:00"), intervalKey: key, intervalStart: start, cohorts, inputIds = [], ...facts } = changes;
  const interval = settlementInterval(asOf);
  return {
    asOf,
    intervalKey: key ?? intervalKey(interval),
    intervalStart: start ?? intervalStart(interval),
    facts: {
      scedRuns: [{ scedAt: at("18:29:50"), lmpUsdPerMwh: lmp }],
      grid: { level: "normal", assumed: plan.gridSource === "assumed-normal" },
      hashprice: { usdPerPhDay: HASHPRICE_FOR_75, asOf: at("00:00:00") },
      silentFeeds: [],
      orders: [],
      instructions: [],
      ...facts,
    },
    inputIds,
    cohorts:
      cohorts ??
      plan.cohorts.map((one) => ({
        cohortId: one.cohortId,
        split: all(one.normalModeId, one.machines),
        reason: "economic",
      })),
  };
}

/** All machines of a cohort in one mode. */
export function all(modeId: string, machines = 100): Split {
  return [{ modeId, machines }];
}

/** `a:off/economic` for each cohort, joined. */
export function modes(output: DecisionOutput): string {
  return output.cohorts.map((one) => `${one.cohortId}:${splitText(one.split)}/${one.reason}`).join(" ");
}

export function scedLmp(
  time: string,
  lmpUsdPerMwh: number,
  published = 60,
  id = `sced/${time}/${lmpUsdPerMwh}`,
): ScedLmpInput {
  const scedAt = at(time);
  return {
    kind: "sced-lmp",
    id,
    at: addSeconds(scedAt, published),
    settlementPoint: "HB_HOUSTON",
    scedAt,
    lmpUsdPerMwh,
    source: "test",
    contentHash: "00",
  };
}

export function hashprice(time: string, usdPerPhDay = HASHPRICE_FOR_75): HashpriceInput {
  return {
    kind: "hashprice",
    id: `hashprice/${time}`,
    at: at(time),
    usdPerPhDay,
    asOf: at("00:00:00"),
    source: "test",
    contentHash: "00",
  };
}

/** A site's mailbox loop without a workflow: absorb, and decide when it matters. */
export class TestSite {
  plan: SitePlan;
  planHash = "plan";
  state: SiteState;
  records: DecisionRecord[] = [];

  constructor(plan: SitePlan) {
    this.plan = plan;
    this.state = initialSiteState(plan);
  }

  take(input: SiteInput): { relevant: boolean; duplicate: boolean; problem?: string } {
    const { state, ...taken } = absorb(this.plan, this.state, input);
    this.state = state;
    if (taken.relevant) this.decideAt(input.at);
    return taken;
  }

  decideAt(asOf: Instant): DecisionRecord {
    const input = decisionInput(this.plan, this.state, asOf);
    const record = nextRecord({
      plan: this.plan,
      planHash: this.planHash,
      state: this.state,
      input,
      output: decide(this.plan, input),
      ruleSet: RULE_SET,
    });
    this.state = adopt(this.plan, this.state, record, `hash-${record.sequence}`);
    this.records.push(record);
    return record;
  }

  get nextWakeAt(): Instant | undefined {
    return this.records.at(-1)?.output.nextWakeAt;
  }
}

/** An order of the desk for 18:00 to 20:00. */
export const order = (changes: Partial<OperatorOrder>): OperatorOrder => ({
  orderId: "o-1",
  actor: "maria",
  reason: "transformer is hot",
  action: "curtail",
  from: at("18:00:00"),
  until: at("20:00:00"),
  ...changes,
});

/** An instruction of the QSE from 18:00 on. */
export const instruction = (changes: Partial<GridInstruction>): GridInstruction => ({
  instructionId: "vdi-7",
  issuer: "QSE",
  action: "curtail",
  from: at("18:00:00"),
  ...changes,
});
