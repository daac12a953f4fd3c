import { setTimeout as delay } from "node:timers/promises";
import { thrownText } from "../../domain/units/foreignText.ts";
import { tellAwards, type TellAwards } from "./tellAwards.ts";
import { tellInstructions, type TellInstructions } from "./tellInstructions.ts";

/** What could not be told is tried again after this, real time. */
const AGAIN_AFTER_MS = 5_000;

/** Tells what is left over, again and again, until `signal` aborts: awards before the instructions that deploy them. */
export async function keepTelling(telling: TellInstructions & TellAwards, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tellAwards(telling).catch((error: unknown) => {
      telling.log.warn({ problem: thrownText(error) }, "it cannot be seen which awards sites were not told");
    });
    await tellInstructions(telling).catch((error: unknown) => {
      telling.log.warn({ problem: thrownText(error) }, "it cannot be seen which instructions sites were not told");
    });
    await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}
