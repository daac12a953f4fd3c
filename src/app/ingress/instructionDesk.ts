import { acceptance } from "../../domain/inputs/instructionAcceptance.ts";
import { awardsVerdict } from "../../domain/inputs/asAward.ts";
import type { InstructedSite } from "../../domain/inputs/instructionWord.ts";
import { startsAgain } from "../../domain/inputs/safetyStops.ts";
import { stopAcceptance, type StopFacts, type StopWord } from "../../domain/inputs/stopAcceptance.ts";
import { refusedWord, type WordVerdict } from "../../domain/inputs/wordVerdict.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { KeptStop, StopOutcome } from "../../ports/doorStops.ts";
import type { DeskAnswer, InstructionDesk } from "../../ports/instructionDesk.ts";
import type { DoorOutcome, InstructionLedger, KnownBefore } from "../../ports/instructionLedger.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import { tellAwards, type TellAwards } from "../worker/tellAwards.ts";
import { tellInstructions } from "../worker/tellInstructions.ts";

/** What a desk works with; `sites` is asked for each message, for a book changes while it runs. */
export interface DeskParts extends Omit<TellAwards, "clock"> {
  readonly ledger: InstructionLedger;
  readonly clock: MarketClock;
  readonly sites: () => readonly InstructedSite[];
  /** Absent where the door takes no safety stops. */
  readonly stops?: StopsOfDesk;
}

/** What a desk does with safety stops. */
export interface StopsOfDesk {
  /** Whether they can be sent there now. */
  isAble(word: StopWord): boolean;
  tell(stop: KeptStop): Promise<StopOutcome | undefined>;
  /** Tells a site what it was not told before. @throws PortUnavailableError without database */
  tellBefore(siteId: string): Promise<void>;
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
          if (said.kind === "safetyStop") return stopVerdict(said.word, { sender, site, ...before }, parts.stops);
          return acceptance(said.word, { sender, site, ...before, at });
        };
        const outcome = await ledger.take({ ...message, sender: sender.name, receivedAt: at }, said, judge);
        log.info(
          { door: message.door, sender: sender.name, message: outcome.messageNo, verdict: outcome.verdict },
          "a message came through a door",
        );
        if (outcome.stop !== undefined) return answerOfStop(outcome, outcome.stop, parts.stops);
        return answerOf(outcome, parts);
      }),

    turnAway: async (stranger) => ledger.turnedAway({ ...stranger, receivedAt: await clock.now() }),
  };
}

async function answerOf(
  { untoldWordNo: wordNo, untoldAwardsAt: sites, ...outcome }: DoorOutcome,
  parts: DeskParts,
): Promise<DeskAnswer> {
  if (wordNo !== undefined) return { ...outcome, isTold: (await tellInstructions(parts)).includes(wordNo) };
  if (sites === undefined) return { ...outcome, isTold: true };
  const told = (await tellAwards(parts)).filter(({ no }) => no === outcome.messageNo).map(({ siteId }) => siteId);
  return { ...outcome, isTold: sites.every((siteId) => told.includes(siteId)) };
}

/** Refused too where nothing could be sent: a sender that hears nothing of it would rely on it. */
function stopVerdict(word: StopWord, facts: StopFacts, stops: StopsOfDesk | undefined): WordVerdict {
  const verdict = stopAcceptance(word, facts);
  if (verdict.kind === "refused" || stops?.isAble(word) === true) return verdict;
  const what = startsAgain(word) ? "let nothing start" : "stop nothing";
  const why = `this door can ${what} at ${word.siteId}: its own key is not listed for that`;
  return refusedWord("sender", "", why, "a stopKey that the run lists, see docs/instructions.md");
}

async function answerOfStop(outcome: DoorOutcome, stop: KeptStop, stops: StopsOfDesk | undefined): Promise<DeskAnswer> {
  let { told } = stop;
  if (told === undefined && stops !== undefined) {
    if (startsAgain(stop.input)) await stops.tellBefore(stop.siteId);
    told = await stops.tell(stop);
  }
  const answer = { ...outcome, stop: { ...stop, ...(told === undefined ? {} : { told }) } };
  if (told?.refusal !== undefined) return { ...answer, isTold: false, siteRefusal: told.refusal };
  return { ...answer, isTold: told !== undefined };
}

async function whileClockStands<T>(clock: MarketClock, hold: string, work: (at: Instant) => Promise<T>): Promise<T> {
  await clock.hold(hold);
  try {
    return await work(await clock.now());
  } finally {
    await clock.release(hold);
  }
}
