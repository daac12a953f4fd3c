const FIRST_SECONDS = 300;
const LONGEST_SECONDS = 21_600;

/** Seconds until a turn of the archive that failed so many times in a row is tried again: 5 min, doubled, to 6 h. */
export function archiveRetrySeconds(failures: number): number {
  return Math.min(FIRST_SECONDS * 2 ** Math.max(0, failures - 1), LONGEST_SECONDS);
}
