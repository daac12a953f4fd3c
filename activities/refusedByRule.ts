import { ApplicationFailure } from "@temporalio/activity";
import { SettlementError } from "../src/domain/settlement/errors.ts";
import { StatementError } from "../src/domain/statement/errors.ts";
import type { FinalFailure } from "../src/domain/units/failureTypes.ts";
import { cleanText, thrownText } from "../src/domain/units/foreignText.ts";
import { UnitError } from "../src/domain/units/instant.ts";
import { PortConflictError, PortDataError } from "../src/ports/errors.ts";
import type { Log } from "../src/ports/log.ts";
import type { MoneyRefusals, MoneySubject } from "../src/ports/moneyRefusals.ts";
import { finalFailure } from "./failure.ts";

export interface RefusalDeps {
  readonly refusals: MoneyRefusals;
  readonly log: Log;
}

/** Errors of the rules and of what is stored, which become a final failure here and nowhere else. */
const RULES = [SettlementError, StatementError, UnitError, PortConflictError, PortDataError];
const PROBLEM_CHARACTERS = 2_000;

/**
 * Does a piece of money work. What the rules refuse comes out the same however often it is tried: it is kept for a
 * person, with the way to try it again, and thrown as a final failure of `type`. Once the work succeeds, nothing is
 * kept. Anything else, such as a database that is away, is thrown on and may be retried.
 */
export async function refusedByRule<T>(
  { refusals, log }: RefusalDeps,
  what: MoneySubject,
  type: FinalFailure,
  work: () => Promise<T>,
): Promise<T> {
  const result = await work().catch(async (error: unknown) => {
    const isFinal = error instanceof ApplicationFailure && error.nonRetryable === true;
    if (!isFinal && !RULES.some((rule) => error instanceof rule)) throw error;
    const problem = cleanText(thrownText(error), PROBLEM_CHARACTERS);
    log.error({ ...what, problem }, "refused; fix the cause, then have it tried again");
    await refusals.refuse(what, problem);
    throw isFinal ? error : finalFailure(type, `${what.subject} is refused: ${problem}`);
  });
  await refusals.done(what);
  return result;
}
