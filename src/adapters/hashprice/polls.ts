import { z } from "zod";
import { instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { FeedSite, SettingProblem } from "../../ports/feedSource.ts";

/** Setting of every hashprice. */
export const pollEverySeconds = z.int().min(30).max(864_000).meta({ description: "From poll to poll, seconds" });

/** Start of the next whole period (UTC), a schedule of Ballast's own. */
export function nextPeriod(at: Instant, everySeconds: number): Instant {
  const period = everySeconds * 1000;
  return instantFromMs((Math.floor(msOfInstant(at) / period) + 1) * period);
}

/** An age limit that a hashprice polled in good order cannot keep. */
export function hashpriceSilence(
  settings: { readonly pollEverySeconds: number },
  { staleness: { hashpriceSeconds } }: FeedSite,
): SettingProblem[] {
  if (hashpriceSeconds >= settings.pollEverySeconds) return [];
  return [
    {
      in: "file",
      path: ["policy", "staleness", "hashpriceSeconds"],
      message: `is ${hashpriceSeconds}: it is polled every ${settings.pollEverySeconds} s`,
      expected: `at least ${settings.pollEverySeconds} s`,
    },
  ];
}
