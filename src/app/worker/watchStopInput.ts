import { setTimeout as delay } from "node:timers/promises";
import { endWait } from "../../../activities/endWait.ts";
import {
  contactAfter,
  type ContactRead,
  contactWatch,
  type ContactWatch,
  holdsDown,
  type StopContact,
  type StopInput,
} from "../../domain/inputs/stopContact.ts";
import { inputReason, stopDue } from "../../domain/inputs/stopDue.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { CohortId, SiteId } from "../../domain/units/ids.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { DecisionStore } from "../../ports/decisionStore.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SafetyStops } from "../../ports/safetyStops.ts";
import type { StopInputs } from "../../ports/stopInputs.ts";
import type { StopInputLine } from "../../ports/stopInputKind.ts";

/** What shows no change is kept this often, market seconds: a person sees that it is read. */
const KEEP_EVERY_SECONDS = 10;
/** Real seconds after which nobody keeps what a contact shows. */
const KEPT_WITHIN_SECONDS = 15;
const NOBODY_READS = "nobody reads it: is the site's gateway running?";
/** Before a clock that does not answer is asked again, real milliseconds. */
const AGAIN_AFTER_MS = 1_000;
/** For the clock to be let go at the end, real milliseconds. */
const LET_GO_WITHIN_MS = 2_000;

/** One stop as a contact asks it of its site. */
export interface AskedOfSite {
  /** Asked again under the same id, it is one stop. */
  readonly id: string;
  readonly at: Instant;
  readonly cohortId: CohortId | undefined;
  readonly reason: string;
}

/** What the watch of one contact needs. */
export interface StopInputWatch {
  readonly clock: MarketClock;
  readonly inputs: StopInputs;
  readonly decisions: Pick<DecisionStore, "noteFinding">;
  readonly log: Log;
  /** Absent where another process reads the contact, and this one goes by what that keeps. */
  readonly line?: StopInputLine;
  /** Absent where another process stops for it. */
  readonly site?: {
    readonly stops: Pick<SafetyStops, "inForce">;
    /** Asks the site, in the name of the input, and waits for its decision. */
    readonly ask: (stop: AskedOfSite, signal: AbortSignal) => Promise<{ readonly sequence: number }>;
  };
}

/**
 * Reads a contact, or goes by what another process keeps of it, by market time until `signal` aborts; keeps what it
 * shows, and stops what it is to stop for as long as it is active. What fails is said once and tried again at the next
 * look: neither a database nor a site that is away ends the watch.
 */
export async function watchStopInput(
  deps: StopInputWatch,
  siteId: SiteId,
  input: StopInput,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, line } = deps;
  const { inputId, pollSeconds } = input;
  const key = `stop-input/${siteId}/${inputId}${line === undefined ? "/kept" : ""}`;
  let watch: ContactWatch | undefined;
  let kept: StopContact | undefined;
  let due: Instant | undefined;
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      const now = await clock.now();
      // A clock set back would leave the contact unread until it has caught up.
      const next = due === undefined || secondsBetween(now, due) > pollSeconds ? now : due;
      const at = await clock.waitUntil(key, next, signal, [siteId]);
      due = addSeconds(at, pollSeconds);
      if (watch === undefined || line === undefined) {
        const row = (await deps.inputs.all(siteId)).find((one) => one.inputId === inputId);
        kept = row?.contact;
        const isKept = row !== undefined && Math.abs(row.keptSecondsAgo) <= KEPT_WITHIN_SECONDS;
        watch = {
          ...contactWatch(kept, at),
          ...(watch === undefined ? {} : { watchedSince: watch.watchedSince }),
          hasBeenSteady: line === undefined && isKept,
        };
        if (line === undefined && !isKept) watch = contactAfter(input, watch, { problem: NOBODY_READS }, at);
      }
      if (line !== undefined) watch = contactAfter(input, watch, await readOf(line), at);
      kept = await keepContact(deps, siteId, input, { contact: watch.contact, kept });
      await stopWhatIsDue(deps, siteId, input, { watch, at }, signal);
      told = undefined;
    } catch (error) {
      if (signal.aborted) break;
      const problem = thrownText(error);
      if (problem !== told) log.error({ siteId, inputId, problem }, "a stop input could not do its work; trying again");
      told = problem;
      await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  line?.drop();
  // A paced clock would stand for whoever waited under the key. Others that hold it are not waited for.
  await endWait(clock, key, AbortSignal.timeout(LET_GO_WITHIN_MS)).catch((error: unknown) => {
    log.warn({ siteId, inputId, problem: thrownText(error) }, "the clock keeps the place of a stop input");
  });
}

async function readOf(line: StopInputLine): Promise<ContactRead> {
  try {
    return { isOn: await line.read() };
  } catch (error) {
    return { problem: thrownText(error) };
  }
}

/** Keeps what a contact shows, at once where it has changed; a person is told once of each silence. */
async function keepContact(
  { inputs, decisions, log, line }: StopInputWatch,
  siteId: SiteId,
  input: StopInput,
  { contact, kept }: { readonly contact: StopContact; readonly kept: StopContact | undefined },
): Promise<StopContact> {
  const { inputId, name, silentAfterSeconds, onSilence } = input;
  const { state, since, lookedAt } = contact;
  const isChanged = kept?.state !== state || kept.since !== since;
  const isRecent = kept !== undefined && Math.abs(secondsBetween(kept.lookedAt, lookedAt)) < KEEP_EVERY_SECONDS;
  // Whoever does not read it says nothing of when it was looked at.
  if (!isChanged && (isRecent || line === undefined)) return kept;
  if (isChanged) log.warn({ siteId, inputId, ...contact }, "a stop input has changed");
  if (isChanged && state === "silent")
    await decisions.noteFinding(
      {
        siteId,
        at: since,
        inputIds: [],
        problem:
          `stop input ${inputId} (${name}) has not answered steadily for ${silentAfterSeconds} s` +
          `${onSilence === "stop" ? ": it stops as if it were active" : ": it protects nothing until it does"}; ` +
          `${contact.problem}`,
      },
      { runId: "stop-input", noteId: `${inputId}/${since}` },
    );
  await inputs.keep(siteId, inputId, contact);
  return contact;
}

async function stopWhatIsDue(
  { inputs, log, site }: StopInputWatch,
  siteId: SiteId,
  input: StopInput,
  { watch, at }: { readonly watch: ContactWatch; readonly at: Instant },
  signal: AbortSignal,
): Promise<void> {
  const { contact } = watch;
  if (site === undefined || !holdsDown(input, contact)) return;
  const { inputId } = input;
  const { since } = contact;
  const asked = (await inputs.all(siteId)).find((one) => one.inputId === inputId)?.asked;
  const due = stopDue(input, watch, asked, await site.stops.inForce(siteId));
  if (due === undefined) return;
  const askedAt = due.askedAt ?? at;
  await inputs.asking(siteId, inputId, { since, askedAt, isDecided: false });
  for (const cohortId of due.scopes) {
    const id = `stop/input:${inputId}/${cohortId ?? "site"}/${askedAt}`;
    const stop = { id, at: askedAt, cohortId, reason: inputReason(input, contact) };
    const { sequence } = await site.ask(stop, signal);
    log.warn({ siteId, inputId, cohortId, sequence }, "a stop input has stopped machines");
  }
  await inputs.asking(siteId, inputId, { since, askedAt, isDecided: true });
}
