/** Machines draw a little more than their nameplate when they are warm. */
const OVER_NAMEPLATE = 1.05;
const INTERVAL_SECONDS = 900;
/** A boundary may be read this late: two reads lie at most this much further apart than their boundaries. */
const LATE_SECONDS_MAX = 60;

/**
 * Most that a meter can have counted from one settlement interval boundary to the next, Wh: 1.05 × `nameplateW` of
 * everything behind it, W, for 16 minutes. More is a jump of the register, not energy.
 */
export function plausibleEnergyWh(nameplateW: number): bigint {
  return BigInt(Math.ceil((nameplateW * OVER_NAMEPLATE * (INTERVAL_SECONDS + LATE_SECONDS_MAX)) / 3600));
}
