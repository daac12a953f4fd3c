import pc from "picocolors";
import { centralWall } from "../../domain/market/calendar.ts";
import { deployedText, inUseOf } from "../../domain/inputs/deployed.ts";
import type { HourlyPrices } from "../../domain/market/hourlyPrices.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { fixed } from "../../domain/units/numberText.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** The expected price of the interval with what is fixed of it, and the newest SCED run with its age. */
export function priceText(now: SiteNow): string {
  const { price, newestRun, decision, at } = now;
  const newest =
    newestRun === undefined
      ? ""
      : `; newest SCED run ${fixed(newestRun.lmpUsdPerMwh, 2)} of ${centralTime(newestRun.scedAt, at)} ` +
        `(${ageText(newestRun.ageSeconds)} ago)`;
  if (price === undefined) return decision === undefined ? "not known yet" : `${pc.red("no current price")}${newest}`;
  const { expectedUsdPerMwh, lowerUsdPerMwh, upperUsdPerMwh, fixedShare, intervalStart } = price;
  const interval = `${hhmm(intervalStart)}-${hhmm(addSeconds(intervalStart, 900))}`;
  const bounds =
    fixedShare === 1
      ? "all of it fixed"
      : `${Math.round(fixedShare * 100)} % fixed, ${fixed(lowerUsdPerMwh, 2)} to ${fixed(upperUsdPerMwh, 2)}`;
  return `${pc.bold(fixed(expectedUsdPerMwh, 2))} $/MWh expected for ${interval} (${bounds})${newest}`;
}

/**
 * The adder in the expected price, whether it was read or inferred, and what is deployed; undefined for a site that
 * knows of neither.
 */
export function addersText({ adders, price, at }: SiteNow): string | undefined {
  if (adders === undefined)
    return price === undefined || price.adderUsdPerMwh === 0 ? undefined : inferredText(price.adderUsdPerMwh);
  const { adderUsdPerMwh, scedAt, ageSeconds, isRead, deployed } = adders;
  const run = `SCED run ${centralTime(scedAt, at)}, ${ageText(ageSeconds)} ago`;
  const read = `${fixed(adderUsdPerMwh, 2)} $/MWh as published (${run})`;
  const inferred =
    isRead || price === undefined
      ? ""
      : `too old, or not of this whole interval: ${inferredText(price.adderUsdPerMwh)}`;
  const adder = inferred === "" ? read : `${read}, ${inferred}`;
  const text = `deployed: ${deployedText(deployed)}`;
  return `${adder}; ${inUseOf(deployed).length === 0 ? text : pc.red(text)}`;
}

/** RTD's indicative LMPs of the next hour, step by step; undefined where none is known. */
export function lookAheadText({ lookAhead, at }: SiteNow): string | undefined {
  const [first] = lookAhead?.steps ?? [];
  if (lookAhead === undefined || first === undefined) return undefined;
  const prices = lookAhead.steps.slice(0, STEPS_SHOWN).map(({ lmpUsdPerMwh }) => fixed(lmpUsdPerMwh, 0));
  const run = `RTD run ${centralTime(lookAhead.rtdAt, at)}, indicative`;
  return `${prices.join(" ")} $/MWh, five minutes each, the first until ${hhmm(first.endsAt)} (${run})`;
}

/** Day-ahead prices of the rest of today and of tomorrow in short; undefined where none is known. */
export function dayAheadText({ dayAhead }: SiteNow): string | undefined {
  if (dayAhead === undefined) return undefined;
  const rangeOf = (runs: readonly HourlyPrices[] | undefined): string => {
    const prices = runs?.flatMap(({ usdPerMwh }) => usdPerMwh) ?? [];
    return prices.length === 0
      ? "not yet published"
      : `${fixed(Math.min(...prices), 2)} to ${fixed(Math.max(...prices), 2)} $/MWh`;
  };
  return `rest of today ${rangeOf(dayAhead.today)}, tomorrow ${rangeOf(dayAhead.tomorrow)}`;
}

/** An hour of five-minute steps. */
const STEPS_SHOWN = 12;

function inferredText(adderUsdPerMwh: number): string {
  return `${fixed(adderUsdPerMwh, 2)} $/MWh inferred from the last settled interval`;
}

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}

/** The hashprice of the last decision; of one that was made, its parts with source and age, and what is wrong. */
export function hashpriceText({ hashprice, at }: SiteNow): string {
  if (hashprice === undefined) return "not known yet";
  const { usdPerPhDay, madeOf } = hashprice;
  const value = `${fixed(usdPerPhDay, 2)} $/PH/day`;
  if (madeOf === undefined) return value;
  const { network, price } = madeOf;
  const parts = [
    [`height ${network.height}`, network],
    [`${fixed(price.usdPerBtc, 2)} $/BTC`, price],
  ] as const;
  const said = parts.map(([what, { source, observedAt, isDisputed, movedSince }]) => {
    const doubts = [isDisputed ? "sources differ" : "", movedSince === undefined ? "" : "a move waits"];
    const doubt = doubts.filter((one) => one !== "").map((one) => pc.red(`, ${one}`));
    return `${what} of ${source}, ${ageText(secondsBetween(observedAt, at))} ago${doubt.join("")}`;
  });
  return `${value}: ${said.join("; ")}`;
}
