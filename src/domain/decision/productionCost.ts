/** Costs of a site beside power. Each is absent where it is not known: nothing is counted as 0. */
export interface SiteCosts {
  /** Hosting beside power, $/MWh at the site meter; 0 where the machines are the site's own. */
  readonly hostingUsdPerMwh?: number;
  readonly depreciationUsdPerMonth?: number;
  /** Selling, general and administrative costs without stock compensation. */
  readonly sgaUsdPerMonth?: number;
  readonly interestUsdPerMonth?: number;
}

/** What a site makes, and what its power costs. */
export interface Production {
  readonly phs: number;
  /** All of it on, at the site meter. */
  readonly mw: number;
  /** Satoshis of a PH/s and day, before the pool's fee. */
  readonly satsPerPhDay: number;
  readonly poolFee: number;
  readonly powerUsdPerMwh: number;
}

/** $ for a bitcoin; absent where one of its parts is. */
export interface ProductionCost {
  /** Power and hosting. */
  readonly marginalUsdPerBtc?: number;
  /** Marginal and depreciation. */
  readonly directUsdPerBtc?: number;
  /** Direct, and selling, general and administrative costs without stock compensation. */
  readonly totalUsdPerBtc?: number;
  /** Price at which every cash cost is paid: power, hosting, those and interest. */
  readonly operationalUsdPerBtc?: number;
}

/** Hours of a mean month: 365.25 days ÷ 12. */
export const HOURS_PER_MONTH = 730.5;
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
const SATS_PER_BTC = 100_000_000;

/** What a bitcoin costs a site that runs a mean month without a break, $, layer by layer. */
export function productionCost(production: Production, costs: SiteCosts): ProductionCost {
  const { phs, mw, satsPerPhDay, poolFee, powerUsdPerMwh } = production;
  const btcPerMonth = (phs * satsPerPhDay * (1 - poolFee) * DAYS_PER_MONTH) / SATS_PER_BTC;
  const { hostingUsdPerMwh: hosting, depreciationUsdPerMonth: depreciation } = costs;
  const { sgaUsdPerMonth: sga, interestUsdPerMonth: interest } = costs;
  const sum = (...parts: readonly (number | undefined)[]): number | undefined =>
    parts.reduce<number | undefined>((all, one) => (all === undefined || one === undefined ? undefined : all + one), 0);
  const energy = hosting === undefined ? undefined : (powerUsdPerMwh + hosting) * mw * HOURS_PER_MONTH;
  const priced = (usdPerMonth: number | undefined): number | undefined =>
    usdPerMonth === undefined ? undefined : usdPerMonth / btcPerMonth;
  return {
    marginalUsdPerBtc: priced(energy),
    directUsdPerBtc: priced(sum(energy, depreciation)),
    totalUsdPerBtc: priced(sum(energy, depreciation, sga)),
    operationalUsdPerBtc: priced(sum(energy, sga, interest)),
  };
}
