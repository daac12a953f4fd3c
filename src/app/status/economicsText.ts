import pc from "picocolors";
import { fixed, grouped } from "../../domain/units/numberText.ts";
import { secondsBetween } from "../../domain/units/instant.ts";
import { tableText } from "../tableText.ts";
import { ageText, centralTime } from "../timeText.ts";
import { type Economics, type MachineLine, SENSITIVITY } from "./economicsView.ts";

const NONE = "–";

/** Economics of a site for a terminal of 100 columns. Lines end in `\n`. */
export function economicsText(economics: Economics): string {
  const { siteId, at, hashprice, power, history, production, leftOut } = economics;
  const sats = hashprice.satsPerThDay === undefined ? "" : `, ${fixed(hashprice.satsPerThDay, 2)} sats/TH/day`;
  return [
    `${pc.bold(siteId)} at ${centralTime(at)} Central`,
    `Hashprice ${fixed(hashprice.usdPerPhDay, 2)} $/PH/day${sats}, before the pool's fee`,
    `  from ${hashprice.from}`,
    ...partLines(economics),
    ...aheadLines(economics),
    power.usdPerMwh === undefined ? "Power not known" : `Power ${fixed(power.usdPerMwh, 2)} $/MWh: ${power.from}`,
    "",
    stepTable(economics),
    "",
    machineTable(economics),
    "Breakeven: price of power with every adder. Strike: settlement price at which it goes off.",
    ...(history === undefined
      ? []
      : [`Curtailment $/MW-month: ${history.from}, scaled to a month; each price known in time.`]),
    "",
    "Cost of a bitcoin, $, with everything on for a mean month:",
    ...(
      [
        ["marginal", production.marginalUsdPerBtc, "power and hosting"],
        ["direct", production.directUsdPerBtc, "and depreciation"],
        ["total", production.totalUsdPerBtc, "and SG&A without stock compensation"],
        ["operational", production.operationalUsdPerBtc, "cash breakeven: power, hosting, SG&A, interest"],
      ] as const
    ).map(
      ([name, usd, what]) => `  ${name.padEnd(12)}${(usd === undefined ? NONE : money(usd, 0)).padStart(10)}  ${what}`,
    ),
    ...(leftOut.length === 0 ? [] : ["", "Left out, never counted as 0:", ...leftOut.map((one) => `  ${one}`)]),
    "",
  ].join("\n");
}

function partLines({ at, hashprice: { madeOf } }: Economics): string[] {
  if (madeOf === undefined) return [];
  const { network, price, payout } = madeOf;
  const age = (observedAt: typeof at): string => `${ageText(secondsBetween(observedAt, at))} ago`;
  const mark = (part: { readonly isDisputed?: true; readonly movedSince?: typeof at }): string =>
    [
      part.isDisputed ? ", sources differ" : "",
      part.movedSince === undefined ? "" : `, a move waits since ${centralTime(part.movedSince, at)}`,
    ].join("");
  return [
    `  height ${network.height}, difficulty ${network.difficulty}, fees ${network.feesSatsPerBlock} sats a block`,
    `    ${network.source}, ${age(network.observedAt)}${mark(network)}`,
    `  ${money(price.usdPerBtc, 2)} $ for a bitcoin, paid by ${payout}`,
    `    ${price.source}, ${age(price.observedAt)}${mark(price)}`,
  ];
}

function aheadLines({ at, difficulty }: Economics): string[] {
  if (difficulty === undefined) return [];
  const { endsAt, endsAtHeight, change, usdPerPhDayAfter, halvingAt } = difficulty;
  const next =
    change === undefined || usdPerPhDayAfter === undefined
      ? "its change not to be told yet"
      : `${change < 1 ? "" : "+"}${fixed((change - 1) * 100, 1)} %, hashprice by it alone ` +
        fixed(usdPerPhDayAfter, 2);
  return [
    `Next difficulty at height ${endsAtHeight}, about ${centralTime(endsAt, at)}: ${next}`,
    `Next halving about ${centralTime(halvingAt, at)}`,
  ];
}

function stepTable({ steps }: Economics): string {
  const rows = steps.map((step, i) => [
    steps[i - 1]?.cohortId === step.cohortId ? "" : step.cohortId,
    `${step.lowerModeId} → ${step.upperModeId}`,
    fixed(step.joulesPerTh, 1),
    fixed(step.grossUsdPerMwh, 2),
    fixed(step.strikeUsdPerMwh, 2),
  ]);
  const numbers = ["J/TH", "breakeven $/MWh", "strike $/MWh"];
  return tableText(["cohort", "step", ...numbers], rows, numbers);
}

function machineTable({ cohorts, classes, paybackDays }: Economics): string {
  const shares = SENSITIVITY.map((share) => `${share < 1 ? "−" : "+"}${fixed(Math.abs(share - 1) * 100, 0)} %`);
  const numbers = ["J/TH", "breakeven", ...shares, `$/TH in ${paybackDays} d`, "off", "$/MW-month"];
  const row = (one: MachineLine): string[] => [
    one.name,
    fixed(one.joulesPerTh, 1),
    fixed(one.breakevenUsdPerMwh, 2),
    ...one.breakevensUsdPerMwh.map((usd) => fixed(usd, 2)),
    one.fairValueUsdPerTh === undefined ? NONE : fixed(one.fairValueUsdPerTh, 2),
    one.curtailment === undefined ? NONE : `${fixed(one.curtailment.offShare * 100, 1)} %`,
    one.curtailment === undefined ? NONE : money(one.curtailment.usdPerMwMonth, 0),
  ];
  return tableText(["machines", ...numbers], [...cohorts, ...classes].map(row), numbers);
}

function money(usd: number, decimals: number): string {
  return grouped(fixed(usd, decimals));
}
