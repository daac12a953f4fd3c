import { createHash } from "node:crypto";
import type { SiteInput } from "../src/domain/inputs/facts.ts";
import { sameIds } from "../src/domain/inputs/closed.ts";
import type { GridInstruction } from "../src/domain/inputs/gridInstruction.ts";
import { isSameInstruction } from "../src/domain/inputs/instructionKey.ts";
import { RESPONSE_CLOCK } from "../src/domain/inputs/responseClock.ts";
import type { SiteId } from "../src/domain/units/ids.ts";
import { addSeconds, type Instant, secondsBetween } from "../src/domain/units/instant.ts";
import type { BaseCandidate } from "../src/domain/verification/clockBase.ts";
import type { MeterLook } from "../src/domain/verification/loadFall.ts";
import { othersMoved } from "../src/domain/verification/othersMoved.ts";
import { type ClockVerdict, type PowerLook, responseClock } from "../src/domain/verification/responseClock.ts";
import { clockEndedAt, runningClock } from "../src/domain/verification/runningClock.ts";
import type { Log } from "../src/ports/log.ts";
import type { KeptClock, MeterWatch, WatchedSite } from "../src/ports/meterWatch.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { SiteGateway } from "../src/ports/siteGateway.ts";
import { configured } from "./configured.ts";

export interface InstructionClockDeps {
  readonly sites: SiteGateway;
  readonly watch: Pick<MeterWatch, "openClock" | "closeClock" | "clocks" | "looksSince">;
  readonly book: SiteBook<"plan">;
  readonly log: Log;
}

/** What an instruction that is revised began with is looked for that far back, s. */
const STANDS_SECONDS_MAX = 31 * 86_400;
/** Looks that a verdict carries into the history. */
const LOOKS_TOLD_MAX = 200;
/** A dispatch reads the meter before its commands this soon after the decision, or not at all, s. */
const BASE_WITHIN_SECONDS = 60;

/** A dispatch that still moves the load at a base began this long before it at the most, s. */
const BEFORE_BASE_SECONDS = 900;

/** An instruction that holds. */
interface Holding {
  readonly one: GridInstruction;
  readonly clockId: string;
}

/** A clock whose start nobody has read. */
interface UnreadClock {
  readonly clock: KeptClock;
  readonly seenAt: Instant;
}

/** The clocks of one site's instructions, look by look. A look at which none begins, runs or ends asks for nothing. */
export class InstructionClocks {
  readonly #deps: InstructionClockDeps;
  readonly #siteId: SiteId;
  /** Absent before the first look: the database knows those of the watch before. */
  #running: readonly KeptClock[] | undefined;
  /** Of instructions that still hold: at most as many as stand at a site. */
  #ended: ReadonlySet<string> = new Set();
  /** Instructions that held at the look before; absent before the first. */
  #held: readonly GridInstruction[] | undefined;
  /** Clocks that an older program keyed without their issuer. */
  #unsigned: ReadonlySet<string> = new Set();
  /** The dispatch's own reading may come. */
  #unread: readonly UnreadClock[] = [];

  constructor(deps: InstructionClockDeps, siteId: SiteId) {
    this.#deps = deps;
    this.#siteId = siteId;
  }

  /**
   * Begins, goes on with and ends clocks, as of the newest of some looks, ascending. Returns those that run on. It
   * throws what its ports throw.
   */
  async run(
    { instructions }: Pick<WatchedSite, "instructions">,
    looks: readonly MeterLook[],
    signal: AbortSignal,
  ): Promise<readonly KeptClock[]> {
    const at = looks.at(-1)?.at;
    if (at === undefined) return [];
    const held = instructions.filter((one) => one.from <= at && clockEndedAt(at, one) === undefined);
    await this.#recall(held, at);
    const holding = held.map((one) => ({ one, clockId: this.#idOf(one) }));
    await this.#begin(holding, looks, at);
    this.#held = holding.map(({ one }) => one);
    const ended = new Set(holding.map(({ clockId }) => clockId).filter((clockId) => this.#ended.has(clockId)));
    const running: KeptClock[] = [];
    for (const clock of this.#running ?? []) {
      const given = instructions.find((one) => this.#idOf(one) === clock.clockId);
      if (await this.#isOver(clock, looks, at, clockEndedAt(at, given), signal)) ended.add(clock.clockId);
      else running.push(clock);
    }
    this.#running = running;
    this.#ended = ended;
    return [...this.#unread.map(({ clock }) => clock), ...running];
  }

  /** Of some instructions those whose clocks nobody has begun, as far as this watch knows. */
  unknown(instructions: readonly GridInstruction[]): readonly GridInstruction[] {
    return instructions.filter((one) => !this.#knows(this.#idOf(one)));
  }

  #knows(clockId: string): boolean {
    if (this.#ended.has(clockId) || this.#unread.some(({ clock }) => clock.clockId === clockId)) return true;
    return this.#running?.some((kept) => kept.clockId === clockId) === true;
  }

  #idOf(one: GridInstruction): string {
    const unsigned = clockIdOf(one, undefined);
    return this.#unsigned.has(unsigned) ? unsigned : clockIdOf(one, one.issuer);
  }

  /** Reads the clocks that are kept, where some instruction has none that this watch knows. */
  async #recall(held: readonly GridInstruction[], at: Instant): Promise<void> {
    if (this.#running !== undefined && held.every((one) => this.#knows(this.#idOf(one)))) return;
    const since = held.reduce((first, { from }) => (from < first ? from : first), at);
    const stored = await this.#deps.watch.clocks(this.#siteId, since);
    this.#running = stored.filter(({ verdict }) => verdict === undefined);
    this.#ended = new Set(stored.flatMap(({ verdict, clockId }) => (verdict === undefined ? [] : [clockId])));
    this.#unsigned = new Set(stored.flatMap(({ issuer, clockId }) => (issuer === undefined ? [clockId] : [])));
  }

  /** Keeps the clocks that begin, but for those that wait for a reading of their start. */
  async #begin(holding: readonly Holding[], looks: readonly MeterLook[], at: Instant): Promise<void> {
    const { watch, book } = this.#deps;
    const waited = this.#unread;
    const isKnown = ({ clockId }: { readonly clockId: string }): boolean =>
      this.#ended.has(clockId) || this.#running?.some((kept) => kept.clockId === clockId) === true;
    const { plan } = configured(book, this.#siteId);
    const seen: UnreadClock[] = [];
    for (const { one, clockId } of holding.filter((each) => !isKnown(each))) {
      const { instructionId, issuer, revision = 1, product, cohortIds } = one;
      const stoodFrom = await this.#stoodFrom(one);
      const named = { clockId, instructionId, issuer, revision, product, cohortIds };
      const clock = { ...named, ...runningClock(plan, one, looks, stoodFrom) };
      seen.push({ clock, seenAt: waited.find((before) => before.clock.clockId === clockId)?.seenAt ?? at });
    }
    // One that is replaced or recalled before its start was read has its verdict all the same.
    const gone = waited.filter(({ clock }) => !holding.some(({ clockId }) => clockId === clock.clockId));
    this.#unread = seen.filter((one) => mayBeRead(one, at));
    for (const { clock } of [...seen.filter((one) => !mayBeRead(one, at)), ...gone]) {
      await watch.openClock(this.#siteId, clock);
      this.#running = [...(this.#running ?? []), clock];
    }
  }

  /**
   * What the meter showed when an instruction of the same scope began that this content revises; undefined for a new
   * one, and for one that had ended before.
   */
  async #stoodFrom(content: GridInstruction): Promise<BaseCandidate | undefined> {
    const { cohortIds, from } = content;
    const isSame = (one: GridInstruction): boolean =>
      isSameInstruction(one, content) && sameIds(one.cohortIds, cohortIds);
    if (this.#held !== undefined && !this.#held.some(isSame)) return undefined;
    const stored = await this.#deps.watch.clocks(this.#siteId, addSeconds(from, -STANDS_SECONDS_MAX));
    const before = stored.findLast((clock) => isSameInstruction(clock, content) && clock.startedAt < from);
    if (before?.baseKw === undefined) return undefined;
    const { baseKw: powerKw, baseAt: at = before.startedAt, baseRevision } = before;
    return { at, powerKw, ...(baseRevision === undefined ? {} : { beforeRevision: baseRevision }) };
  }

  /** Whether a clock has come to a verdict, which the site is told. */
  async #isOver(
    clock: KeptClock,
    looks: readonly MeterLook[],
    at: Instant,
    endedAt: Instant | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { sites, watch, log } = this.#deps;
    const judged = await this.#judged(clock, looks);
    const verdict = responseClock(clock, judged, at, endedAt);
    if (verdict === undefined) return false;
    const level = verdict.outcome === "met" || verdict.outcome === "overtaken" ? "info" : "error";
    log[level]({ siteId: this.#siteId, ...clock, ...verdict }, "the clock of an instruction");
    await sites.deliver(this.#siteId, clockSaid(clock, judged, at, verdict, endedAt), [], signal);
    await watch.closeClock(this.#siteId, clock.clockId, verdict, at);
    return true;
  }

  /** The looks as they say something of a clock's own load. */
  async #judged({ cohortIds, baseAt }: KeptClock, looks: readonly MeterLook[]): Promise<readonly PowerLook[]> {
    const [first] = looks;
    if (cohortIds === undefined || baseAt === undefined || first === undefined) return looks;
    const since = addSeconds(baseAt, -BEFORE_BASE_SECONDS);
    const known = baseAt < first.at ? await this.#deps.watch.looksSince(this.#siteId, since) : looks;
    return looks.map((look) => {
      const othersKw = othersMoved(known, baseAt, cohortIds, look.at);
      if (othersKw === undefined) return look;
      return { ...look, ...(othersKw === "untold" ? { othersMoved: true } : { othersKw }) };
    });
  }
}

/** Whether a dispatch may still read the meter before its commands, for a clock whose start nobody has read. */
function mayBeRead({ clock: { baseKw, dueAt }, seenAt }: UnreadClock, at: Instant): boolean {
  const isRunning = dueAt === undefined || dueAt > at;
  return baseKw === undefined && isRunning && secondsBetween(seenAt, at) < BASE_WITHIN_SECONDS;
}

function clockSaid(
  clock: KeptClock,
  looks: readonly PowerLook[],
  at: Instant,
  verdict: ClockVerdict,
  endedAt: Instant | undefined,
): SiteInput {
  const { clockId, verdict: _verdict, closedAt: _closedAt, ...begun } = clock;
  const since = looks.filter((look) => look.at >= clock.startedAt).slice(-LOOKS_TOLD_MAX);
  return {
    kind: RESPONSE_CLOCK,
    id: `${RESPONSE_CLOCK}/${clockId}`,
    at,
    ...begun,
    looks: since.map(({ at, powerKw, othersMoved: untold, othersKw }) => ({
      at,
      powerKw,
      othersMoved: untold,
      othersKw,
    })),
    endedAt,
    ...verdict,
  };
}

/** One clock for what an instruction asks: sent again with the same content it is the same. */
function clockIdOf(
  { instructionId, revision = 1, from, effectiveBy, demand, cohortIds }: GridInstruction,
  issuer: string | undefined,
): string {
  const kw = demand === undefined || demand.kind === "off" ? ["off"] : [demand.kind, demand.kw];
  const name = issuer === undefined ? [instructionId] : [issuer, instructionId];
  const content = JSON.stringify([...name, revision, from, effectiveBy, kw, cohortIds?.toSorted()]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
