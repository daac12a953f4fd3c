import type { DecisionRecord } from "./model.ts";

/** The server refuses a payload of 2 MiB, and with it the run; UTF-8 takes up to 3 bytes a character. */
const RECORD_CHARS_MAX = 600_000;

/** Why a record cannot be kept; undefined when it can. A record that no server takes must not end the site's run. */
export function recordProblem(record: DecisionRecord): string | undefined {
  const chars = JSON.stringify(record).length;
  return chars <= RECORD_CHARS_MAX
    ? undefined
    : `no decision: its record would have ${chars} characters, at most ${RECORD_CHARS_MAX} can be kept`;
}
