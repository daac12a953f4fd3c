/** Ballast's own bounds, $/PH/day: 30 to 420 were seen from 2020 to 2026; far beyond is another unit. */
const PLAUSIBLE_USD_PER_PH_DAY = { from: 5, to: 5_000 };
const TH_PER_PH = 1_000;

/**
 * Why a number cannot be a hashprice in US dollars per PH/s per day, with the unit that it is likely to be in;
 * undefined when it can: from 5 to 5,000.
 */
export function hashpriceProblem(usdPerPhDay: number): string | undefined {
  const { from, to } = PLAUSIBLE_USD_PER_PH_DAY;
  if (usdPerPhDay >= from && usdPerPhDay <= to) return undefined;
  return `a hashprice in $ per PH/s per day from ${from} to ${to}${likelyUnit(usdPerPhDay)}`;
}

function likelyUnit(number: number): string {
  const { from, to } = PLAUSIBLE_USD_PER_PH_DAY;
  if (number * TH_PER_PH >= from && number < from) return `; this looks like $ per TH/s per day: times ${TH_PER_PH}`;
  return number > to ? "; this looks like satoshis per PH/s per day or $ per EH/s per day: change the unit" : "";
}
