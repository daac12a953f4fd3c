import { formatDecimal, parseDecimal } from "./decimal.ts";
import { rational, rationalOfDecimal, times } from "./rational.ts";
import type { Rational } from "./rational.ts";
import { roundRational } from "./rounding.ts";
import type { RoundingMode } from "./rounding.ts";

declare const unit: unique symbol;
/** US dollars in whole 10⁻⁸. Cents/MWh times Wh is exactly this: 10⁻² · 10⁻⁶. */
export type UsdE8 = bigint & { readonly [unit]: "10⁻⁸ USD" };
/** A settlement price as ERCOT publishes it, whole cents per MWh. */
export type CentsPerMwh = bigint & { readonly [unit]: "cents/MWh" };
/** Metered energy, whole Wh. */
export type EnergyWh = bigint & { readonly [unit]: "Wh" };

/**
 * An amount of money before it is posted or rounded: 10⁻⁸ USD as an exact fraction. Finer rates and shares stay here
 * until the journal (whole 10⁻⁸) or the statement line (cents).
 */
export type ExactE8 = Rational;

const E8_PER_CENT = 1_000_000n;
const WH_PER_KWH = 1000n;
/** $/MWh · Wh = 10⁻⁶ USD = 100 · 10⁻⁸ USD. */
const E8_PER_USD_PER_MWH_WH = rational(100n);
/** $/kWh · Wh = 10⁻³ USD. */
const E8_PER_USD_PER_KWH_WH = rational(100_000n);
const E8_PER_USD = rational(100_000_000n);

/** Whole 10⁻⁸ USD as money. */
export function usdE8(amount: bigint): UsdE8 {
  return amount as UsdE8;
}

/** Whole Wh as metered energy. */
export function energyWh(amount: bigint): EnergyWh {
  return amount as EnergyWh;
}

/** Reads whole Wh as integer text. @throws UnitError otherwise. */
export function parseEnergyWh(text: string): EnergyWh {
  return energyWh(parseDecimal(text, 0));
}

/** Reads a price in whole cents per MWh as integer text. @throws UnitError otherwise. */
export function parseCentsPerMwh(text: string): CentsPerMwh {
  return parseDecimal(text, 0) as CentsPerMwh;
}

/** Price × energy in whole Wh, exact. */
export function energyValue(price: CentsPerMwh, energy: bigint): UsdE8 {
  return usdE8(price * energy);
}

/** Rate in $/MWh (decimal text) × Wh, exact. @throws UnitError when the rate is no plain decimal. */
export function atUsdPerMwh(rate: string, wh: Rational): ExactE8 {
  return times(times(rationalOfDecimal(rate), wh), E8_PER_USD_PER_MWH_WH);
}

/** Rate in $/kWh (decimal text) × Wh, exact. @throws UnitError when the rate is no plain decimal. */
export function atUsdPerKwh(rate: string, wh: Rational): ExactE8 {
  return times(times(rationalOfDecimal(rate), wh), E8_PER_USD_PER_KWH_WH);
}

/** US dollars (exact) as 10⁻⁸ USD. */
export function exactUsd(usd: Rational): ExactE8 {
  return times(usd, E8_PER_USD);
}

/** Whole 10⁻⁸ USD for the journal, half-even: the one place where an accrual finer than that is cut. */
export function postable(amount: ExactE8): UsdE8 {
  return usdE8(roundRational(amount, "half-even"));
}

/** Cents of a statement line: rounded here, once. */
export function centsOf(amount: ExactE8, mode: RoundingMode): bigint {
  return roundRational(times(amount, rational(1n, E8_PER_CENT)), mode);
}

/** Whole cents as money. */
export function usdE8OfCents(cents: bigint): UsdE8 {
  return usdE8(cents * E8_PER_CENT);
}

/** `-123.45` from cents. */
export function formatUsd(cents: bigint): string {
  return formatDecimal(cents, 2);
}

/** `15.89973375` from 10⁻⁸ USD, all eight places. */
export function formatUsdE8(amount: bigint): string {
  return formatDecimal(amount, 8);
}

/** `1234.567` from Wh. */
export function formatKwh(wh: bigint): string {
  return formatDecimal(wh, 3);
}

/** `842.37` from cents per MWh. */
export function formatUsdPerMwh(price: bigint): string {
  return formatDecimal(price, 2);
}

/** Wh drawn by `kw` (exact) in one 15-minute interval: kW · 1000 · 0.25 h. */
export function quarterHourWh(kw: Rational): Rational {
  return times(kw, rational(WH_PER_KWH, 4n));
}
