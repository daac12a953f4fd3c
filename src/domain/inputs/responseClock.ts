import type { CohortId } from "../units/ids.ts";
import type { Instant } from "../units/instant.ts";
import { cohortIds, count, instant, listOf, name, number, object, oneOf, optional, text } from "./checks.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** What sites and histories call it. */
export const RESPONSE_CLOCK = "response-clock";

/** What came of the clock of an instruction. `overtaken`: replaced or recalled before its time. */
export const CLOCK_OUTCOMES = ["met", "short", "unknown", "overtaken"] as const;

/** A look at the site meter, with what ordered moves of other load may have changed on it since the base. */
export interface ToldLook {
  readonly at: Instant;
  readonly powerKw?: number;
  /** Nobody knows how much. */
  readonly othersMoved?: true;
  readonly othersKw?: { readonly leastKw: number; readonly mostKw: number };
}

/** What an instruction's clock came to, with everything that it follows from. Power is that of the site meter, kW. */
export interface ResponseClockInput extends Told {
  readonly kind: typeof RESPONSE_CLOCK;
  readonly instructionId: string;
  /** Absent in older records. */
  readonly issuer?: string;
  readonly revision: number;
  readonly product?: string;
  /** What it is of; the whole site where absent, and in older records. */
  readonly cohortIds?: readonly CohortId[];
  /** When the clock began: the instruction's effective moment. */
  readonly startedAt: Instant;
  /** By when the load had to be there; absent where neither product nor issuer says. */
  readonly dueAt?: Instant;
  readonly baseKw?: number;
  /** When that was read, and before which revision where a dispatch read it. */
  readonly baseAt?: Instant;
  readonly baseRevision?: number;
  readonly targetKw?: number;
  /** Looks at the site meter from the start to the verdict. */
  readonly looks: readonly ToldLook[];
  readonly endedAt?: Instant;
  readonly outcome: (typeof CLOCK_OUTCOMES)[number];
  /** From the start until the meter showed it. */
  readonly seconds?: number;
  readonly shortKw?: number;
  readonly sentence: string;
}

/** The newest verdict of a clock; absent before the first. */
export interface KnownResponse {
  readonly response?: Pick<ResponseClockInput, "instructionId" | "issuer" | "outcome" | "at">;
}

/** What the meter showed for an instruction: it changes no decision, and no record has it. */
export const responseClock: SiteFact<ResponseClockInput, KnownResponse, KnownResponse, object> = {
  kind: RESPONSE_CLOCK,
  scope: "site",
  called: "response clocks",
  messages: {
    [RESPONSE_CLOCK]: {
      instructionId: name,
      issuer: optional(name),
      revision: count,
      product: optional(name),
      cohortIds: optional(cohortIds),
      startedAt: instant,
      dueAt: optional(instant),
      baseKw: optional(number),
      baseAt: optional(instant),
      baseRevision: optional(count),
      targetKw: optional(number),
      looks: listOf(
        object({
          at: instant,
          powerKw: optional(number),
          othersMoved: optional(oneOf([true])),
          othersKw: optional(object({ leastKw: number, mostKw: number })),
        }),
      ),
      endedAt: optional(instant),
      outcome: oneOf(CLOCK_OUTCOMES),
      seconds: optional(number),
      shortKw: optional(number),
      sentence: text,
    },
  },
  none: {},
  absorb: (_known, { instructionId, issuer, outcome, at }) => ({
    patch: { response: { instructionId, ...(issuer === undefined ? {} : { issuer }), outcome, at } },
    relevant: false,
  }),
  freeze: () => ({}),
  recovered: () => ({}),
};

/** Whether a message is what a clock came to. */
export function isResponseClock(input: Told): input is ResponseClockInput {
  return input.kind === RESPONSE_CLOCK;
}
