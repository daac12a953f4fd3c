/** How a document that is due on ERCOT's MIS list is looked for, seconds. The rule is Ballast's own. */
export interface LookRules {
  /** From the mark to the first look while no delay is known. */
  readonly firstSeconds: number;
  /** Looks are never closer than this. */
  readonly leastSeconds: number;
  /** Nor farther apart while the document is missing. */
  readonly mostSeconds: number;
}

/** Each look is worth about this chance that the document has come since the look before. */
const CHANCE_OF_A_LOOK = 1 / 6;

/**
 * Seconds after the mark of the next look for a document that is still missing `elapsedSeconds` after it, by the delays
 * that are known, ascending: not before the soonest of them, then each time the document has probably come with a
 * certain chance. So looks are dense where most documents come, and sparse before and in the tail. Always later than
 * `elapsedSeconds`. Without a known delay: the first look, and then the widest spacing.
 */
export function nextLookSeconds(known: readonly number[], elapsedSeconds: number, rules: LookRules): number {
  const { firstSeconds, mostSeconds } = rules;
  const leastSeconds = Math.min(rules.leastSeconds, mostSeconds);
  const soonest = known[0] ?? firstSeconds;
  if (elapsedSeconds < soonest) return soonest;
  const latest = elapsedSeconds + mostSeconds;
  if (known.length === 0) return latest;
  const comeNow = shareCome(known, elapsedSeconds);
  const wanted = comeNow + CHANCE_OF_A_LOOK * (1 - comeNow);
  let next = elapsedSeconds + leastSeconds;
  while (next < latest && shareCome(known, next) < wanted) next += 1;
  return Math.min(next, latest);
}

/**
 * Share of documents that have come by `seconds`, on straight lines between the delays known. What comes later than any
 * of them keeps one share of its own.
 */
function shareCome(known: readonly number[], seconds: number): number {
  const before = known.findLastIndex((one) => one <= seconds);
  const [last, next] = [known[before], known[before + 1]];
  if (last === undefined) return 0;
  if (next === undefined) return before / known.length;
  return (before + (seconds - last) / (next - last)) / known.length;
}
