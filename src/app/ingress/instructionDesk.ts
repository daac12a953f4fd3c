import { acceptance } from "../../domain/inputs/instructionAcceptance.ts";
import { awardsVerdict } from "../../domain/inputs/asAward.ts";
import type { InstructedSite } from "../../domain/inputs/instructionWord.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { DeskAnswer, InstructionDesk } from "../../ports/instructionDesk.ts";
import type { DoorOutcome, InstructionLedger, KnownBefore } from "../../ports/instructionLedger.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { tellInstructions, type TellInstructions } from "../worker/tellInstructions.ts";

/** What a desk works with; `sites` is asked for each message, for a book changes while it runs. */
export interface DeskParts extends Omit<TellInstructions, "ledger" | "clock"> {
  readonly ledger: InstructionLedger;
  readonly clock: MarketClock;
  readonly sites: () => readonly InstructedSite[];
}

/**
 * The desk of a run: keeps what is handed in, judges it by the one rule, then tells the site. A paced clock stands
 * meanwhile, so that a message has one market time whatever the speed.
 */
export function instructionDesk(parts: DeskParts): InstructionDesk {
  const { ledger, clock, sites, log } = parts;
  return {
    take: ({ message, sender, said }) =>
      whileClockStands(clock, `door/${message.door}/${sender.name}/${message.nonce}`, async (at) => {
        const judge = (before: KnownBefore) => {
          const here = sites();
          if (said.kind === "refused") return said;
          if (said.kind === "notice") return { kind: "accepted" as const, note: `a notice, kept: ${said.summary}` };
          if (said.kind === "awards") return awardsVerdict(said.awards, { sender, sites: here });
          const site = here.find(({ siteId }) => siteId === said.word.siteId);
          return acceptance(said.word, { sender, site, ...before, at });
        };
        const outcome = await ledger.take({ ...message, sender: sender.name, receivedAt: at }, said, judge);
        log.info(
          { door: message.door, sender: sender.name, message: outcome.messageNo, verdict: outcome.verdict },
          "a message came through a door",
        );
        return answerOf(outcome, outcome.untoldWordNo === undefined ? [] : await tellInstructions(parts));
      }),

    turnAway: async (stranger) => ledger.turnedAway({ ...stranger, receivedAt: await clock.now() }),
  };
}

function answerOf({ untoldWordNo, ...outcome }: DoorOutcome, told: readonly string[]): DeskAnswer {
  return { ...outcome, isTold: untoldWordNo === undefined || told.includes(untoldWordNo) };
}

async function whileClockStands<T>(clock: MarketClock, hold: string, work: (at: Instant) => Promise<T>): Promise<T> {
  await clock.hold(hold);
  try {
    return await work(await clock.now());
  } finally {
    await clock.release(hold);
  }
}
