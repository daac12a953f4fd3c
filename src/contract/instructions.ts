import { z } from "zod";

/** A name or id: printable, without blanks. */
const id = (what: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, "1 to 100 printable characters without blanks")
    .meta({ description: what });
/** A moment with its offset. */
const moment = (what: string) => z.iso.datetime({ offset: true }).meta({ description: what });
const revision = z
  .int()
  .min(1)
  .max(1_000_000)
  .meta({ description: "The same instruction in newer content has a higher one" });
const mw = (what: string) => z.number().min(0).max(1_000_000).meta({ description: what });

/** An instruction to one site, new or in another revision. Exactly one of `targetMw`, `reduceMw` and `off` is given. */
export const instructionMessage = z.strictObject({
  type: z.literal("instruction"),
  id: id("Id of the instruction, the issuer's own"),
  revision: revision.optional(),
  site: id("The site that it is for"),
  product: id("What it deploys, e.g. ERS-30").optional(),
  targetMw: mw("Down to this load at the site meter").optional(),
  reduceMw: mw("Down by this much of the load ordered when it is first taken up").optional(),
  off: z.literal(true).meta({ description: "Everything off" }).optional(),
  cohorts: z
    .array(id("A cohort of the site"))
    .min(1)
    .max(500)
    .meta({ description: "The whole site where absent" })
    .optional(),
  issued: moment("When this content was issued"),
  effective: moment("When it begins; when it was issued where absent").optional(),
  deadline: moment("By when the load is to be down").optional(),
  until: moment("When it ends; it holds until it is recalled where absent").optional(),
  restoreNotBefore: moment("Nothing comes back before, also after its end or recall").optional(),
});

/** The recall of an instruction. */
export const recallMessage = z.strictObject({
  type: z.literal("recall"),
  id: id("Id of the instruction"),
  revision: revision.optional(),
  site: id("The site that it was for"),
  issued: moment("When it was recalled"),
});

/** What `POST /v1/instructions` takes as JSON. */
export const instructionBody = z.discriminatedUnion("type", [instructionMessage, recallMessage]);
export type InstructionBody = z.infer<typeof instructionBody>;

/** One award of an ancillary service, by the names of ERCOT's `AwardedAS`. */
export const awardedAs = z.strictObject({
  qse: id("The QSE"),
  resource: id("The resource, by ERCOT's name"),
  asType: id("The service: ECRSM, RRSUF, On-Non-Spin, ..."),
  awardedMW: mw("What was awarded"),
  startTime: moment("From when"),
  endTime: moment("Until when"),
  tradingDate: z.iso.date().meta({ description: "Operating day" }),
  marketType: id("DAM, SASM or RTM").optional(),
});

/** What `POST /v1/awards` takes as JSON. */
export const awardsBody = z.strictObject({ AwardedAS: z.array(awardedAs).min(1).max(1_000) });
export type AwardsBody = z.infer<typeof awardsBody>;

/** Whoever sent a message hears this once it is kept for good: 202. */
export const takenAnswer = z.strictObject({
  message: z.string().meta({ description: "Number of the message in the ledger" }),
  verdict: z.enum(["accepted", "repeated"]),
  note: z.string().optional(),
  isSeenBefore: z.boolean().meta({ description: "The same message had come before" }),
  isTold: z
    .boolean()
    .meta({ description: "The site has it in its mailbox; if not, it is told once it can be reached" }),
  instruction: z
    .strictObject({
      id: z.string(),
      issuer: z.string(),
      revision: z.int(),
      recalledAt: z.string().optional(),
      acknowledged: z.strictObject({ by: z.string(), at: z.string(), revision: z.int() }).optional(),
    })
    .optional(),
});
export type TakenAnswer = z.infer<typeof takenAnswer>;

/** Why a message is not taken: what, where, what was expected. Every answer from 400 on. */
export const refusedAnswer = z.strictObject({
  code: z.string(),
  where: z.string(),
  why: z.string(),
  expected: z.string(),
  message: z.string().optional(),
});
export type RefusedAnswer = z.infer<typeof refusedAnswer>;
