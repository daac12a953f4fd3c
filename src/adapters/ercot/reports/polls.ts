import { z } from "zod";
import type { Instant } from "../../../domain/units/instant.ts";
import { type MarkSchedule, nextMarkPollAt, nextRegularPollAt } from "../pollSchedule.ts";

/** Next poll after one at `at`, by the newest moment that a document is about, and whether anything was found. */
export type NextPoll = (at: Instant, newestAboutAt: Instant | undefined, found: boolean) => Instant;

const seconds = (description: string, min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ description: `${description}, seconds` });

/** Settings of a report with one document a period. */
export const markSettings = {
  pollOffsetSeconds: seconds("First look after each mark", 0, 900),
  pollRetrySeconds: seconds("From look to look until it is there", 5, 900),
};

/** Settings of a page or list that is looked at all the time. */
export const regularSettings = {
  pollEverySeconds: seconds("From poll to poll; ERCOT's dashboards ask for 30 or more", 30, 3600),
  pollOffsetSeconds: seconds("Offset of the polls from the full minute", 0, 3600),
};

/** Polls of a report of ERCOT's with one document a period: after each mark, and again until it is there. */
export function atMarks(marks: Omit<MarkSchedule, "offsetSeconds" | "retrySeconds">) {
  return (settings: { readonly pollOffsetSeconds: number; readonly pollRetrySeconds: number }): NextPoll => {
    const schedule = { ...marks, offsetSeconds: settings.pollOffsetSeconds, retrySeconds: settings.pollRetrySeconds };
    return (at, newestAboutAt, found) => nextMarkPollAt(schedule, at, newestAboutAt, found);
  };
}

/** Polls of a page or list that is looked at all the time. */
export function everySoOften({
  pollEverySeconds,
  pollOffsetSeconds,
}: {
  readonly pollEverySeconds: number;
  readonly pollOffsetSeconds: number;
}): NextPoll {
  return (at) => nextRegularPollAt(pollEverySeconds, pollOffsetSeconds, at);
}
