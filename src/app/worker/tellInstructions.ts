import { setTimeout as delay } from "node:timers/promises";
import { inputOfWord } from "../../domain/inputs/takenInstruction.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { InstructionLedger } from "../../ports/instructionLedger.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";

/** Words of a site told at a time: one that cannot be told keeps no other waiting. */
const WORDS_MAX = 50;
/** Whoever sends waits no longer for a site that does not take its word: it is told later. */
const WITHIN_MS = 5_000;
/** What could not be told is tried again after this, real time. */
const AGAIN_AFTER_MS = 5_000;

export interface TellInstructions {
  readonly ledger: Pick<InstructionLedger, "untold" | "told" | "endOfRetired">;
  readonly gateway: Pick<SiteGateway, "deliver">;
  readonly clock: Pick<MarketClock, "now">;
  readonly log: Log;
}

/**
 * Tells sites what was taken for them, each in the order in which it was taken; returns the words that are told. A site
 * that does not take its first word in time is left for later; what waits for one that is out of service for good ends
 * with that reason. @throws PortUnavailableError without database or clock
 */
export async function tellInstructions({ ledger, gateway, clock, log }: TellInstructions): Promise<readonly string[]> {
  const told: string[] = [];
  const away = new Set<string>();
  const words = await ledger.untold(WORDS_MAX);
  const at = words.length === 0 ? undefined : await clock.now();
  for (const one of words) {
    const { word, wordNo, ...evidence } = one;
    const { siteId } = word;
    const input = at === undefined ? undefined : inputOfWord(word, { id: `word/${wordNo}`, at, evidence });
    if (input === undefined || away.has(siteId)) continue;
    try {
      await inTime(gateway.deliver(siteId, input));
      await ledger.told(wordNo);
      told.push(wordNo);
    } catch (error) {
      away.add(siteId);
      const ended = await ledger.endOfRetired(siteId);
      for (const { wordNo: ofRetired, why } of ended)
        log.warn({ siteId, word: ofRetired, why }, "an instruction is not told: it has ended with its site");
      if (ended.length > 0) continue;
      log.warn(
        { siteId, word: wordNo, problem: thrownText(error) },
        "an instruction is kept, its site is not told yet",
      );
    }
  }
  return told;
}

/** Tells what is left over, again and again, until `signal` aborts. */
export async function keepTelling(telling: TellInstructions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await tellInstructions(telling).catch((error: unknown) => {
      telling.log.warn({ problem: thrownText(error) }, "it cannot be seen which instructions sites were not told");
    });
    await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function inTime(work: Promise<void>): Promise<void> {
  const late = new AbortController();
  const limit = delay(WITHIN_MS, undefined, { signal: late.signal }).then(() => {
    throw new PortUnavailableError(`it did not take its word within ${WITHIN_MS / 1000} s`);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    late.abort();
    limit.catch(() => undefined);
  }
}
