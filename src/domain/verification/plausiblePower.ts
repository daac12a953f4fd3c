/** Machines that start, warm ones and what nobody listed: more than this above nameplate is a meter's fault. */
const OVER_NAMEPLATE = 1.25;
/** An unloaded current transformer shows a little of either sign. */
const BELOW_ZERO_SHARE = 0.01;
const BELOW_ZERO_KW = 0.5;
/** A microwatt: what lies nearer to zero is no measurement but two words of a float in the wrong order. */
const LEAST_KW = 1e-9;

/** Most power that a meter can rightly show, kW: 1.25 × the nameplate of everything behind it, W at the wall. */
export function plausiblePowerKw(nameplateW: number): number {
  return (nameplateW * OVER_NAMEPLATE) / 1000;
}

/**
 * Why a power cannot be that of the load, kW; undefined where it can. Load is positive: below −1 % of `maxKw` (at
 * least −0.5 kW) a current transformer is reversed or the value is none. Above `maxKw` it is none either, nor below a
 * microwatt without being zero: 1,000 kW with its words swapped reads as 2.5e-41 kW and would pass for a site that is
 * off.
 */
export function powerProblem(powerKw: number, maxKw: number | undefined): string | undefined {
  const share = maxKw === undefined ? 0 : maxKw * BELOW_ZERO_SHARE;
  const leastKw = -(share > BELOW_ZERO_KW ? share : BELOW_ZERO_KW);
  if (powerKw < leastKw)
    return `power ${shown(powerKw)} kW is negative: a current transformer is reversed, or the value is none`;
  if (maxKw !== undefined && powerKw > maxKw)
    return `power ${shown(powerKw)} kW is above ${shown(maxKw)} kW, the most that everything behind the meter can draw`;
  if (powerKw !== 0 && powerKw < LEAST_KW && powerKw > -LEAST_KW)
    return `power ${powerKw.toExponential(2)} kW is no measurement: are the words of its registers in the wrong order?`;
  return undefined;
}

function shown(kw: number): string {
  return kw >= 1e6 || kw <= -1e6 ? kw.toExponential(2) : kw.toFixed(1);
}
