/** What a machine's economics depend on, whoever runs it. */
export interface MachineTerms {
  /** J for a TH, W for a TH/s, at the wall. */
  readonly joulesPerTh: number;
  /** $ per PH/s and day, before the pool's fee. */
  readonly hashpriceUsdPerPhDay: number;
  /** Share 0..1 of the hashprice that the pool keeps. */
  readonly poolFee: number;
  /** W at the site meter for each machine W. */
  readonly pue: number;
}

/** MWh that a PH/s takes in a day for each J/TH. */
const MWH_PER_PH_DAY = 0.024;
const TH_PER_PH = 1_000;

/**
 * Price of power at which a machine earns what it takes, $/MWh at the site meter, all adders included: hashprice ·
 * (1 − pool fee) ÷ (0.024 · J/TH · PUE). 0.06 $ per TH/s and day at 30.5 J/TH is 81.97 $/MWh.
 */
export function breakevenUsdPerMwh({ joulesPerTh, hashpriceUsdPerPhDay, poolFee, pue }: MachineTerms): number {
  return (hashpriceUsdPerPhDay * (1 - poolFee)) / (MWH_PER_PH_DAY * joulesPerTh * pue);
}

/**
 * What a TH/s of a machine may cost, $, if it is to be paid back in so many days at a price of power: what it earns
 * less what it takes, day by day. At 0.06 $ per TH/s and day, 30.5 J/TH, 60 $/MWh and 456 days it is 7.33. Negative
 * where it loses by running: nobody should take it for nothing.
 */
export function fairValueUsdPerTh(terms: MachineTerms, powerUsdPerMwh: number, paybackDays: number): number {
  const { joulesPerTh, hashpriceUsdPerPhDay, poolFee, pue } = terms;
  const earnsUsdPerPhDay = hashpriceUsdPerPhDay * (1 - poolFee);
  const takesUsdPerPhDay = MWH_PER_PH_DAY * joulesPerTh * pue * powerUsdPerMwh;
  return ((earnsUsdPerPhDay - takesUsdPerPhDay) * paybackDays) / TH_PER_PH;
}
