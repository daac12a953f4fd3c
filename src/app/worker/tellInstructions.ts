import { inputOfWord } from "../../domain/inputs/takenInstruction.ts";
import type { InstructionLedger } from "../../ports/instructionLedger.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import { tellSites } from "./tellSites.ts";

/** Words of a site told at a time: one that cannot be told keeps no other waiting. */
const WORDS_MAX = 50;

export interface TellInstructions {
  readonly ledger: Pick<InstructionLedger, "untold" | "told" | "endOfRetired">;
  readonly gateway: Pick<SiteGateway, "deliver">;
  readonly clock: Pick<MarketClock, "now">;
  readonly log: Log;
}

/**
 * Tells sites the instructions and recalls that were taken for them, as `tellSites` does; returns the words that are
 * told. @throws PortUnavailableError without database or clock
 */
export async function tellInstructions({ ledger, gateway, clock, log }: TellInstructions): Promise<readonly string[]> {
  const words = await ledger.untold(WORDS_MAX);
  if (words.length === 0) return [];
  const at = await clock.now();
  const forSites = words.flatMap(({ word, wordNo: no, ...evidence }) => {
    const input = inputOfWord(word, { id: `word/${no}`, at, evidence });
    return input === undefined ? [] : [{ no, siteId: word.siteId, input }];
  });
  const told = await tellSites(forSites, {
    called: "an instruction",
    gateway,
    log,
    told: ({ no }) => ledger.told(no),
    endOfRetired: async (siteId) => (await ledger.endOfRetired(siteId)).map(({ wordNo: no, why }) => ({ no, why })),
  });
  return told.map(({ no }) => no);
}
