import { z } from "zod";
import { addSeconds, type Instant } from "../../../domain/units/instant.ts";
import type { PublicationDelays } from "../publicationDelays.ts";
import type { MisDocument } from "../misDocumentList.ts";
import { learned, type MarkSchedule, nextMarkPollAt, nextRegularPollAt, type PollKnowledge } from "../pollSchedule.ts";

/** When a report is polled. */
export interface PollTimes {
  /** Next poll after one at `at`, by what the feed knows. */
  nextAt(at: Instant, knowledge: PollKnowledge): Instant;
  /** The memory of delays after a document was delivered, read at `fetchedAt`. */
  learn(
    delays: PublicationDelays | undefined,
    document: MisDocument,
    fetchedAt: Instant,
  ): PublicationDelays | undefined;
}

const seconds = (description: string, min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ description: `${description}, seconds` });

/** Days after which a document leaves the database for the archive; of the report's own where it is absent. */
const keepDays = z
  .int()
  .min(2)
  .max(3_660)
  .meta({ description: "Days for which documents stay in the database before they may go to the archive" })
  .optional();

/** Settings of a report with one document a period. */
export const markSettings = {
  keepDays,
  pollOffsetSeconds: seconds("First look after each mark while the delays of the source are not known", 0, 900),
  pollRetrySeconds: seconds("Longest time from look to look until it is there", 5, 900),
};

/** Settings of a page or list that is looked at all the time. */
export const regularSettings = {
  keepDays,
  pollEverySeconds: seconds("From poll to poll; ERCOT's dashboards ask for 30 or more", 30, 3600),
  pollOffsetSeconds: seconds("Offset of the polls from the full minute", 0, 3600),
};

/** Looks are no closer where nothing else is said. */
const LEAST_SECONDS = 10;

/**
 * Polls of a report of ERCOT's with one document a period: after each mark, and again until it is there, by the delays
 * seen. `leastSeconds`: looks are no closer, 10 unless given.
 */
export function atMarks(
  marks: Omit<MarkSchedule, "offsetSeconds" | "retrySeconds" | "leastSeconds"> & { readonly leastSeconds?: number },
) {
  return (settings: { readonly pollOffsetSeconds: number; readonly pollRetrySeconds: number }): PollTimes => {
    const { pollOffsetSeconds: offsetSeconds, pollRetrySeconds: retrySeconds } = settings;
    const schedule = { leastSeconds: LEAST_SECONDS, ...marks, offsetSeconds, retrySeconds };
    return {
      nextAt: (at, knowledge) => nextMarkPollAt(schedule, at, knowledge),
      learn: (delays, { aboutAt, publishedAt }, fetchedAt) =>
        aboutAt === undefined ? delays : learned(schedule, delays ?? {}, { aboutAt, publishedAt, fetchedAt }),
    };
  };
}

/** What is listed and was not fetched is asked for so soon. */
const OWED_SECONDS = 30;

/** Polls of a page or list that is looked at all the time, and once more where documents are owed. */
export function everySoOften({
  pollEverySeconds,
  pollOffsetSeconds,
}: {
  readonly pollEverySeconds: number;
  readonly pollOffsetSeconds: number;
}): PollTimes {
  return {
    nextAt: (at, { owes }) => {
      const next = nextRegularPollAt(pollEverySeconds, pollOffsetSeconds, at);
      const soon = addSeconds(at, OWED_SECONDS);
      return owes === true && soon < next ? soon : next;
    },
    learn: (delays) => delays,
  };
}
