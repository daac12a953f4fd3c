import type { GridLevel } from "../../../src/domain/market/model.ts";

/** What one poll of a source came to. */
export type Said = Exclude<GridLevel, "unknown"> | "unreadable" | "failed";
export interface Poll {
  readonly source: string;
  readonly kind: string;
  /** Seconds. */
  readonly at: number;
  readonly said: Said;
}

const RANKS = ["normal", "conservation", "watch", "eea1", "eea2", "eea3"];
const NONE = -1;
const EEA1 = 3;

/** A source as its whole list of polls tells it: no memory, every question scans the list. */
class Source {
  readonly limit: number;
  readonly asked: number[] = [];
  /** Answers that carry a state, oldest first. */
  readonly answers: { readonly at: number; readonly rank: number; readonly isReadable: boolean }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  take({ at, said }: Pick<Poll, "at" | "said">): void {
    this.asked.push(at);
    if (said !== "failed") this.answers.push({ at, rank: RANKS.indexOf(said), isReadable: said !== "unreadable" });
  }

  /** The level given last by two answers in a row, and where the row began and was complete. */
  get twice(): { rank: number; first: number; second: number } {
    const { answers } = this;
    for (let i = answers.length - 1; i > 0; i--) {
      const [a, b] = [answers[i - 1]!, answers[i]!];
      if (!a.isReadable || !b.isReadable || a.rank !== b.rank) continue;
      let k = i - 1;
      while (k > 0 && answers[k - 1]!.isReadable && answers[k - 1]!.rank === b.rank) k--;
      return { rank: b.rank, first: answers[k]!.at, second: b.at };
    }
    return { rank: NONE, first: NONE, second: NONE };
  }

  get newest(): number {
    const last = this.answers.at(-1);
    return last === undefined || !last.isReadable ? NONE : last.rank;
  }

  /** What its last answer but one said, where it could be read. */
  get previous(): number {
    const before = this.answers.at(-2);
    return before === undefined || !before.isReadable ? NONE : before.rank;
  }

  /** Since its newest unreadable answer nothing said its level again, nor another one twice. */
  get isUnreadable(): boolean {
    const { answers } = this;
    const odd = answers.findLastIndex(({ isReadable }) => !isReadable);
    if (odd < 0) return false;
    const before = new Source(this.limit);
    before.answers.push(...answers.slice(0, odd));
    const known = before.twice.rank;
    const since = answers.slice(odd + 1);
    return !since.some(({ rank }, i) => (known !== NONE && rank === known) || (i > 0 && rank === since[i - 1]!.rank));
  }

  /** Whether its last poll found it older than its limit. */
  get isSilent(): boolean {
    const last = this.asked.at(-1);
    if (last === undefined) return true;
    return last - (this.answers.at(-1)?.at ?? this.asked[0]!) > this.limit;
  }

  get isFresh(): boolean {
    return this.answers.length > 0 && !this.isSilent && !this.isUnreadable;
  }

  /** When it said the level of its last row, or a worse one, for the last time. */
  get lastSaidAt(): number {
    const { rank } = this.twice;
    return this.answers.findLast((one) => one.rank >= rank)?.at ?? NONE;
  }

  /** How many of its newest answers in a row lie below a rank and after a moment. */
  lowerSince(rank: number, after: number): number {
    const { answers } = this;
    const start = answers.findLastIndex((one) => !one.isReadable || one.rank >= rank || one.at <= after);
    return answers.length - 1 - start;
  }
}

/**
 * The rule of the grid level, written from its words over the whole list of polls: what the level may be after each.
 * It knows every poll, also those of which a site is not told, so a site may be later than it, never earlier.
 */
export class GridModel {
  readonly #sources = new Map<string, Source>();
  readonly #kinds = new Map<string, string>();
  #notice = NONE;

  constructor(limits: Readonly<Record<string, number>>) {
    for (const [source, limit] of Object.entries(limits)) this.#sources.set(source, new Source(limit));
  }

  take(poll: Poll): void {
    this.#sources.get(poll.source)!.take(poll);
    this.#kinds.set(poll.source, poll.kind);
  }

  /** The gravest notice in force from now on; undefined for none. */
  notice(level: GridLevel | undefined): void {
    this.#notice = level === undefined ? NONE : RANKS.indexOf(level);
  }

  get #all(): [string, Source][] {
    return [...this.#sources].filter(([, { asked }]) => asked.length > 0);
  }

  get #fresh(): [string, Source][] {
    return this.#all.filter(([, source]) => source.isFresh);
  }

  get isAnyFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** Whether every source is fresh and has said a level twice: then the rule leaves nothing open. */
  get isPlain(): boolean {
    return this.#all.every(([, source]) => source.isFresh && source.twice.rank !== NONE);
  }

  /** The least that the level must be: two polls of one source, one each of two kinds, or one and a notice. */
  get least(): number {
    const speaking = this.#all.filter(([, source]) => !source.isSilent);
    const twice = speaking.map(([, source]) => Math.min(source.twice.rank, source.newest));
    const byKind = new Map<string, number>();
    for (const [id, source] of this.#fresh) {
      const kind = this.#kinds.get(id)!;
      byKind.set(kind, Math.max(byKind.get(kind) ?? NONE, source.newest));
    }
    const second = [...byKind.values()].toSorted((a, b) => b - a)[1] ?? NONE;
    const noticed = Math.min(this.#notice, Math.max(NONE, ...byKind.values()));
    return Math.max(NONE, ...twice, second, noticed);
  }

  /** How far it may fall: undefined for not at all. */
  get most(): number | undefined {
    const fresh = this.#fresh;
    if (fresh.length === 0 || fresh.some(([, source]) => source.twice.rank === NONE)) return undefined;
    const said = fresh.map(([, source]) => Math.max(source.twice.rank, source.newest, source.previous));
    const kept = this.#all.flatMap(([, source]) => {
      if (source.isFresh || source.twice.rank < EEA1) return [];
      const isOverruled = fresh.some(
        ([, other]) =>
          other.twice.rank < source.twice.rank && other.lowerSince(source.twice.rank, source.lastSaidAt) >= 2,
      );
      return isOverruled ? [] : [source.twice.rank];
    });
    return Math.max(...said, ...kept, this.#notice);
  }

  /** The level after one that was in force: within what the rule allows. */
  after(before: number): number {
    const { least, most } = this;
    if (before < least) return least;
    return most !== undefined && before > most ? Math.max(most, least) : before;
  }
}

/** Rank of a level on the ladder; -1 for one that is not known. */
export function rankOf(level: GridLevel): number {
  return RANKS.indexOf(level);
}
