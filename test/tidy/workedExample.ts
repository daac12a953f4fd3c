import { modeStrikes } from "../../src/domain/decision/modeStrikes.ts";
import { expectedIntervalPrice } from "../../src/domain/market/expectedIntervalPrice.ts";
import { creditShare } from "../../src/domain/settlement/creditShare.ts";
import { curtailedEnergy } from "../../src/domain/settlement/curtailedEnergy.ts";
import { attributeSpans } from "../../src/domain/settlement/curtailedSpans.ts";
import { intervalStart, parseIntervalKey } from "../../src/domain/market/calendar.ts";
import { formatUsdE8, parseCentsPerMwh } from "../../src/domain/units/money.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";

/** The README's interval made again: row name → figure, as the table writes it. */
export function workedExample(): Readonly<Record<string, string>> {
  const machines = 20;
  const interval = parseIntervalKey("2024-08-20/19/3");
  const startAt = intervalStart(interval);
  const decidedAt = parseInstant("2024-08-20T18:31:30-05:00");
  const modes = [{ modeId: "off", hashrateThs: 0, powerW: 25 }, { modeId: "normal", hashrateThs: 121.8, powerW: 2794 }];
  const cohort = { cohortId: "k75", clientId: "acme", model: "S19k Pro", firmware: "luxos", machines, modes, normalModeId: "normal", control: "act", minOffMinutes: 0, minOnMinutes: 0, lockedOut: false } as const;
  const [pair] = modeStrikes(cohort, 40.92118227, { poolFee: 0, pue: 1, avoidableAddersUsdPerMwh: 0, economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0 } });
  const price = expectedIntervalPrice({
    intervalStart: startAt, asOf: decidedAt, adderUsdPerMwh: 0, floorUsdPerMwh: -250, capUsdPerMwh: 5000,
    runs: [{ scedAt: parseInstant("2024-08-20T18:25:11-05:00"), lmpUsdPerMwh: 86.32 }, { scedAt: parseInstant("2024-08-20T18:30:13-05:00"), lmpUsdPerMwh: 130.4 }],
  });
  const state = { cohortId: "k75", clientId: "acme", reason: "economic", ableToRun: machines, normalPowerW: 2794 } as const;
  const [spans] = attributeSpans(
    [{ ...state, at: parseInstant("2024-08-20T00:00:00-05:00"), modeId: "normal", modePowerW: 2794 }, { ...state, at: decidedAt, modeId: "off", modePowerW: 25 }],
    [{ interval, startAt }],
  );
  if (pair === undefined || price === undefined || spans === undefined) throw new Error("the worked example has no pair, price or spans");
  const baselineWh = BigInt(spans.baselines[0]?.baselineWh as string);
  const metered = { baselineWh, energyWh: 184_224_951_624n - 184_224_950_088n, spans: spans.curtailed };
  const curtailed = curtailedEnergy(metered).totalWh;
  const ordered = curtailedEnergy({ ...metered, energyWh: 0n }).totalWh;
  const share = creditShare({ kind: "gross-share", clientShare: "0.70", sharesNegative: false, clause: "5.1" }, parseCentsPerMwh("12650"), curtailed);
  const usdPerMwh = (value: number): string => `${value.toFixed(2)} $/MWh`;
  const wh = (value: bigint): string => `${value.toLocaleString("en-US")} Wh`;
  return {
    Strike: usdPerMwh(pair.strikeUsdPerMwh),
    "Off above": usdPerMwh(pair.offAboveUsdPerMwh),
    "Expected settlement price": usdPerMwh(price.expectedUsdPerMwh),
    Decision: price.expectedUsdPerMwh > pair.offAboveUsdPerMwh ? "off" : "normal",
    Baseline: wh(baselineWh),
    "Metered on the feeder": wh(metered.energyWh),
    "Ordered off": wh(ordered),
    "ΔE, curtailed energy": wh(curtailed),
    "Gross credit": `${formatUsdE8(share.grossE8)} $`,
    "Client, 70 % by contract": `${formatUsdE8(share.clientE8)} $`,
    Host: `${formatUsdE8(share.hostE8)} $`,
  };
}

/** Rows of the README's dollar table: first cell → last cell. */
export function tabledExample(readme: string): Readonly<Record<string, string>> {
  const section = /## One interval in dollars\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
  return Object.fromEntries([...section.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)].map((match) => [match[1] as string, match[2] as string]));
}
