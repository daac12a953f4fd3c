import { join } from "node:path";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { modeStrikes } from "../../src/domain/decision/modeStrikes.ts";
import { intervalStart, parseIntervalKey } from "../../src/domain/market/calendar.ts";
import { expectedIntervalPrice } from "../../src/domain/market/expectedIntervalPrice.ts";
import { creditShare } from "../../src/domain/settlement/creditShare.ts";
import { curtailedEnergy } from "../../src/domain/settlement/curtailedEnergy.ts";
import { attributeSpans } from "../../src/domain/settlement/curtailedSpans.ts";
import { formatUsdE8, parseCentsPerMwh } from "../../src/domain/units/money.ts";
import { type Instant, parseInstant } from "../../src/domain/units/instant.ts";
import { ROOT } from "./source.ts";

/** What was published and metered; the site is the one of `config/replay-k75.yaml`. */
const RUNS = [
  { scedAt: central("18:25:11"), lmpUsdPerMwh: 86.32 },
  { scedAt: central("18:30:13"), lmpUsdPerMwh: 130.4 },
];
const DECIDED_AT = central("18:31:32");
const SETTLED_CENTS = parseCentsPerMwh("12650");
const REGISTER_WH = { before: 184_224_947_712n, after: 184_224_949_276n };

/** The README's interval made again by the product's own functions: row name → figure, as the table writes it. */
export function workedExample(): Readonly<Record<string, string>> {
  const { plan, contracts, feeds } = loadDeployment(join(ROOT, "config", "replay-k75.yaml"), "2024-08-20");
  const interval = parseIntervalKey("2024-08-20/19/3");
  const startAt = intervalStart(interval);
  const [cohort] = plan.cohorts;
  const [contract] = contracts;
  const hashprice = feeds.find((feed) => feed.use === "hashprice/constant");
  if (cohort === undefined || contract === undefined || hashprice === undefined)
    throw new Error("config/replay-k75.yaml has no cohort, contract or constant hashprice");
  const [pair] = modeStrikes(cohort, Number(hashprice.usdPerPhDay), plan);
  const { priceFloorUsdPerMwh: floorUsdPerMwh, priceCapUsdPerMwh: capUsdPerMwh } = plan;
  const price = expectedIntervalPrice({
    intervalStart: startAt,
    asOf: DECIDED_AT,
    runs: RUNS,
    adderUsdPerMwh: 0,
    floorUsdPerMwh,
    capUsdPerMwh,
  });
  const [normalPowerW, offPowerW] = [cohort.modes[1]?.powerW as number, cohort.modes[0]?.powerW as number];
  const { machines } = cohort;
  const state = {
    cohortId: cohort.cohortId,
    clientId: contract.clientId,
    reason: "economic",
    ableToRun: cohort.machines,
    normalPowerW,
  } as const;
  const [spans] = attributeSpans(
    [
      { ...state, at: central("00:00:00"), split: [{ modeId: "normal", machines }], curtailed: [] },
      {
        ...state,
        at: DECIDED_AT,
        split: [{ modeId: "off", machines }],
        curtailed: [{ reason: "economic", belowNormalW: machines * (normalPowerW - offPowerW) }],
      },
    ],
    [{ interval, startAt }],
  );
  if (pair === undefined || price === undefined || spans === undefined)
    throw new Error("the worked example has no pair, price or spans");
  const metered = {
    baselineWh: BigInt(spans.baselines[0]?.baselineWh as string),
    energyWh: REGISTER_WH.after - REGISTER_WH.before,
    spans: spans.curtailed,
  };
  const curtailed = curtailedEnergy(metered).totalWh;
  const share = creditShare(contract.credit, SETTLED_CENTS, curtailed);
  return {
    Strike: usdPerMwh(pair.strikeUsdPerMwh),
    "Off above": usdPerMwh(pair.offAboveUsdPerMwh),
    "Expected settlement price": usdPerMwh(price.expectedUsdPerMwh),
    Decision: price.expectedUsdPerMwh > pair.offAboveUsdPerMwh ? "off" : "normal",
    Baseline: wh(metered.baselineWh),
    "Metered on the feeder": wh(metered.energyWh),
    "Ordered off": wh(curtailedEnergy({ ...metered, energyWh: 0n }).totalWh),
    "ΔE, curtailed energy": wh(curtailed),
    "Gross credit": usd(share.grossE8),
    Client: usd(share.clientE8),
    Host: usd(share.hostE8),
  };
}

/** Rows of the README's dollar table: first cell → last cell. */
export function tabledExample(readme: string): Readonly<Record<string, string>> {
  const section = /## One interval in dollars\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
  return Object.fromEntries(
    [...section.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)].map((match) => [
      match[1] as string,
      match[2] as string,
    ]),
  );
}

function central(time: string): Instant {
  return parseInstant(`2024-08-20T${time}-05:00`);
}

function usdPerMwh(value: number): string {
  return `${value.toFixed(2)} $/MWh`;
}

function wh(value: bigint): string {
  return `${value.toLocaleString("en-US")} Wh`;
}

function usd(amount: bigint): string {
  return `${formatUsdE8(amount)} $`;
}
