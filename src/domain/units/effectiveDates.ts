/**
 * Something in force from a day (`YYYY-MM-DD`, inclusive) to another (exclusive; open when absent), both in Central
 * Prevailing Time.
 */
export interface EffectiveDates {
  readonly effectiveFrom: string;
  readonly effectiveTo?: string | undefined;
}

/** Whether it is in force on a day. */
export function covers({ effectiveFrom, effectiveTo }: EffectiveDates, day: string): boolean {
  return effectiveFrom <= day && (effectiveTo === undefined || day < effectiveTo);
}

/** Whether two of them are in force on a same day. */
export function overlap(one: EffectiveDates, other: EffectiveDates): boolean {
  return startsBeforeEnd(one, other) && startsBeforeEnd(other, one);
}

function startsBeforeEnd(one: EffectiveDates, other: EffectiveDates): boolean {
  return other.effectiveTo === undefined || one.effectiveFrom < other.effectiveTo;
}
