import { z } from "zod";

const place = (what: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 printable characters without blanks")
    .meta({ description: what });

const site = place("The site that it is for");
const cohort = place("A cohort of the site; the whole site where absent").optional();

/** What `POST /v1/stop` takes: machines go off at once. */
export const stopBody = z.strictObject({
  type: z.literal("stop"),
  site,
  cohort,
  reason: z.string().meta({ description: "Why; what is too long is cut" }).optional(),
});

/** What `POST /v1/start-again` takes: a safety stop ends. */
export const startAgainBody = z.strictObject({
  type: z.literal("start-again"),
  site,
  cohort,
  reason: z.string().trim().min(1).max(200).meta({ description: "Why" }),
});

/** Whoever sent a stop, or its end, hears this once it is kept for good: 202. */
export const stopAnswer = z.strictObject({
  message: z.string().meta({ description: "Number of the message in the ledger" }),
  isSeenBefore: z.boolean().meta({ description: "The same message had come before" }),
  isTold: z
    .boolean()
    .meta({ description: "The site has decided on it; if not, it is kept and told again and again until it has" }),
  note: z.string().optional(),
  stop: z.strictObject({
    id: z.string().meta({ description: "Of the request in the site's history" }),
    type: z.enum(["stop", "start-again"]),
    site: z.string(),
    cohort: z.string().optional(),
    reason: z.string(),
    at: z.string().meta({ description: "Market time at which it came" }),
    decision: z.int().meta({ description: "Number of the decision that took it up" }).optional(),
  }),
});
export type StopAnswer = z.infer<typeof stopAnswer>;
