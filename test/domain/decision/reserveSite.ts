import type { CohortDecision, DecisionInput, SitePlan } from "../../../src/domain/decision/model.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type { AsAwardsInput, HeldAward } from "../../../src/domain/inputs/asAwards.ts";
import { awardProduct } from "../../../src/domain/market/awardProducts.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, cohortOfStrike, type InputChanges, inputAt, site } from "./site.ts";

type Reserve = NonNullable<SitePlan["reserve"]>;

const qualified = { maxMw: "1", qualifiedFrom: at("00:00:00"), responseMinutes: 10, sustainMinutes: 60 };

/** MINE_LD1 may be awarded RRS, ECRS and Non-Spin, 1 MW of each; a MWh that is not there costs 5 $ beside its price. */
export function reserve(changes: Partial<Reserve> = {}): Reserve {
  return {
    resources: [
      {
        resource: "MINE_LD1",
        kind: "NCLR",
        products: [
          { ...qualified, product: "RRS", asTypes: ["RRSUF"] },
          { ...qualified, product: "ECRS", asTypes: ["ECRSM"] },
          { ...qualified, product: "NSPIN", asTypes: ["NSPNM"] },
          { ...qualified, product: "REGDN", asTypes: ["REGDN"] },
        ],
      },
    ],
    penaltyUsdPerMwh: 5,
    gates: [],
    band: { lowShare: 0.95, highShare: 1.5 },
    ...changes,
  };
}

/**
 * 100 machines of 3 kW each: 300 kW a cohort, 900 kW the site, nothing when off. Strikes 90, 45 and 70 $/MWh: off above
 * 112.50, 56.25 and 87.50, on below 81.00, 40.50 and 63.00.
 */
export function reserveSite(changes: Partial<SitePlan> = {}): SitePlan {
  return site({
    cohorts: [
      cohortOfStrike("best", "S21", 90),
      cohortOfStrike("worst", "S19j Pro", 45),
      cohortOfStrike("middle", "S19k Pro", 70),
    ],
    gridSource: "feed",
    reserve: reserve(),
    ...changes,
  });
}

/** `0.5 MW ECRSM`, by the day-ahead market for 17:00 to 21:00. */
export function award(said: string, changes: Partial<HeldAward> = {}): HeldAward {
  const [awardedMw, , asType] = said.split(" ") as [string, string, string];
  return {
    resource: "MINE_LD1",
    qse: "QSE",
    asType,
    product: awardProduct(asType)!,
    marketType: "DAM",
    startsAt: at("17:00:00"),
    endsAt: at("21:00:00"),
    awardedMw,
    contentHash: "00",
    receivedAt: at("13:30:00"),
    ...changes,
  };
}

/** The message that brings awards to a site. */
export function awarded(time: string, awards: readonly HeldAward[]): AsAwardsInput {
  return {
    kind: "as-awards",
    id: `as-awards/${time}`,
    at: at(time),
    awards: awards.map(({ product: _, contentHash: _hash, receivedAt: _at, ...one }) => ({
      ...one,
      tradingDate: "2024-08-20",
    })),
    sender: "qse",
    evidence: { door: "http", contentHash: "00", receivedAt: at(time) },
  };
}

/** Clearing prices of the run of 18:29:50, $/MW. */
export const mcpc = (usdPerMwHour: NonNullable<DecisionInput["facts"]["scedMcpc"]>["usdPerMwHour"]) => ({
  scedAt: at("18:29:50"),
  usdPerMwHour,
});

/** Decision input at 18:35: two SCED runs at one price bear each other out. */
export function reserveInput(plan: SitePlan, lmpUsdPerMwh: number, changes: InputChanges): DecisionInput {
  const scedRuns = ["18:24:50", "18:29:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh }));
  const grid = { level: "normal", observedAt: addSeconds(at("18:35:00"), -30), assumed: false } as const;
  return inputAt(plan, lmpUsdPerMwh, { scedRuns, grid, ...changes });
}

/** `best normal; worst off`. */
export const splits = ({ cohorts }: { cohorts: readonly Pick<CohortDecision, "cohortId" | "split">[] }): string =>
  cohorts.map(({ cohortId, split }) => `${cohortId} ${splitText(split)}`).join("; ");
