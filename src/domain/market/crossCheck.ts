/** Two routes show one price in cents: a cent apart is rounding. */
const SAME_TYPE_USD_PER_MWH = 0.01;
/** A load zone and its energy-weighted twin differ by up to 0.16 $/MWh in quiet hours, by more in congestion. */
const TWIN_USD_PER_MWH = 1;
const TWIN_SHARE = 0.02;

/**
 * What an operator is told when a second route shows another settlement price than the route of record, $/MWh;
 * undefined while they agree: within 0.01 for the same settlement point type, within 1 $/MWh or 2 % for a load zone
 * shown where its energy-weighted twin settles. Ballast's own limits.
 */
export function crossCheckProblem(input: {
  readonly recordUsdPerMwh: number;
  readonly shownUsdPerMwh: number;
  readonly sameType: boolean;
}): string | undefined {
  const { recordUsdPerMwh, shownUsdPerMwh, sameType } = input;
  const size = recordUsdPerMwh < 0 ? -recordUsdPerMwh : recordUsdPerMwh;
  const allowed = sameType ? SAME_TYPE_USD_PER_MWH : Math.max(TWIN_USD_PER_MWH, size * TWIN_SHARE);
  const difference = shownUsdPerMwh - recordUsdPerMwh;
  // Differences of cents are no exact binary numbers.
  if (difference <= allowed + 1e-9 && difference >= -allowed - 1e-9) return undefined;
  return (
    `the second route shows ${shownUsdPerMwh} $/MWh, the route of record has ${recordUsdPerMwh}; expected at most ` +
    `${allowed} $/MWh between them: look at both documents`
  );
}
