import { secondsBetween } from "../units/instant.ts";
import type { MeterLook } from "./loadFall.ts";

/**
 * What looks say of one load, kW: each by its power, all together by what the register counted between them. Undefined
 * where one is missing, and where the register starts again or was reset, which says nothing of them.
 */
export function borneOut(
  looks: readonly MeterLook[],
): { readonly leastKw: number; readonly mostKw: number } | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first?.registerWh === undefined || last?.registerWh === undefined) return undefined;
  const powers = looks.flatMap(({ powerKw }) => powerKw ?? []);
  const seconds = secondsBetween(first.at, last.at);
  if (powers.length < looks.length || seconds <= 0 || last.registerWh < first.registerWh) return undefined;
  const kws = [...powers, (Number(last.registerWh - first.registerWh) * 3.6) / seconds];
  return {
    leastKw: kws.reduce((one, other) => (other < one ? other : one)),
    mostKw: kws.reduce((one, other) => (other > one ? other : one)),
  };
}
