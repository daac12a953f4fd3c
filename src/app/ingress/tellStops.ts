import { setTimeout as delay } from "node:timers/promises";
import { startsAgain } from "../../domain/inputs/safetyStops.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { RequestRefusedError, type TakenUp } from "../../ports/commands.ts";
import type { DoorStops, KeptStop, StopOutcome } from "../../ports/doorStops.ts";
import type { Log } from "../../ports/log.ts";

/** Stops of a site told in one go: one that cannot be told keeps no other site waiting. */
const STOPS_MAX_PER_SITE = 50;
/** What could not be told is tried again after this, real time. */
const AGAIN_AFTER_MS = 5_000;
/** A site that refuses a stop is asked less often: each asking stands in its history. */
const REFUSED_AGAIN_AFTER_MS = 60_000;

export interface TellStops {
  readonly ledger: DoorStops;
  /** Asks a site, in the name of whoever sent it. @throws RequestRefusedError with the site's reason */
  readonly send: (stop: KeptStop) => Promise<TakenUp>;
  readonly log: Log;
}

/**
 * Tells a site of a safety stop or its end, and keeps what became of it; undefined where it could not be told. A stop
 * that the site refuses is told again later, for whatever stands against it may change; an end is not.
 */
export async function tellStop({ ledger, send, log }: TellStops, stop: KeptStop): Promise<StopOutcome | undefined> {
  const { messageNo, siteId, input } = stop;
  try {
    const { sequence } = await send(stop);
    await ledger.told(messageNo, { sequence });
    log.warn({ siteId, ...input, decision: sequence }, "a site has decided on a safety stop of a door, or its end");
    return { sequence };
  } catch (error) {
    const problem = thrownText(error);
    if (!(error instanceof RequestRefusedError)) {
      log.error({ siteId, ...input, problem }, "a safety stop, or its end, is kept, its site is not told yet");
      return undefined;
    }
    log.error({ siteId, ...input, problem }, "a site refuses a safety stop of a door, or its end");
    if (startsAgain(input)) await ledger.told(messageNo, { refusal: problem });
    return { refusal: problem };
  }
}

/** The stops that sites have not been told; of each site one after another, no site waits for another. */
export class UntoldStops {
  readonly #parts: TellStops;
  /** Real time before which a refused stop is not told again, by message. */
  readonly #notBeforeMs = new Map<string, number>();

  constructor(parts: TellStops) {
    this.#parts = parts;
  }

  /** Tells them, or those of one site. @throws PortUnavailableError without database */
  async tell(siteId?: string): Promise<void> {
    const untold = await this.#parts.ledger.untold(STOPS_MAX_PER_SITE);
    const due = untold.filter(
      (one) =>
        (siteId === undefined || one.siteId === siteId) &&
        performance.now() >= (this.#notBeforeMs.get(one.messageNo) ?? -Infinity),
    );
    await Promise.all([...Map.groupBy(due, (one) => one.siteId).values()].map((stops) => this.#tellInOrder(stops)));
  }

  async #tellInOrder(stops: readonly KeptStop[]): Promise<void> {
    for (const stop of stops) {
      const outcome = await tellStop(this.#parts, stop);
      if (outcome === undefined) return;
      if (outcome.refusal !== undefined)
        this.#notBeforeMs.set(stop.messageNo, performance.now() + REFUSED_AGAIN_AFTER_MS);
    }
  }
}

/** Tells what is left over, again and again, until `signal` aborts. */
export async function keepTellingStops(tell: () => Promise<void>, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tell().catch((error: unknown) => {
      log.warn({ problem: thrownText(error) }, "it cannot be seen which safety stops sites were not told");
    });
    await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}
