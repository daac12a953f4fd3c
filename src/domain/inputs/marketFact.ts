import type { IntervalKey, OperatingDay, Provenance } from "../market/model.ts";
import type { PrcFall } from "../market/prcPreAlert.ts";
import type { Instant } from "../units/instant.ts";
import type { SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";

/** An observation of a market feed: one value with its provenance. */
export type Observed = Provenance & { readonly kind: string };

/** How an observation is kept: at which place, under which key, and its value as text. */
export interface Columns {
  readonly point: string;
  readonly pointType: string;
  readonly key: string;
  readonly value: string;
}

/** What a feed's poll is judged by. */
export interface FeedRules {
  readonly feedId: string;
  /** Age of what the source said last, market seconds, at which it counts as silent. */
  readonly silentAfterSeconds: number;
  /** PRC in MW under which a Watch is due; absent where none is in force. */
  readonly watchBelowMw?: number;
  /** A fall of PRC that raises a pre-alert before that; absent where none is asked for. */
  readonly prcFall?: PrcFall;
}

/** A line for an operator's log. */
export interface Word {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A day that has to be settled again because of what was read. */
export interface Correction {
  readonly operatingDay: OperatingDay;
  readonly id: string;
  readonly why: string;
}

/** What one observation comes to: what the sites hear, and what its kind remembers until the next. */
export interface Heard<I, M> {
  readonly memory?: M;
  readonly input?: I;
  /** A fact that rides does not wait this time: a decision may come out otherwise. */
  readonly isUrgent?: true;
  readonly correction?: Correction;
  readonly words?: readonly Word[];
  /** The source is to be read again so soon, news or not, market seconds. */
  readonly againInSeconds?: number;
}

/** A kind of value that market feeds bring, as it is observed, kept and audited. No site need be told of it. */
export interface ObservedFact<O extends Observed> {
  readonly kind: O["kind"];
  /** One for the whole grid, or one a settlement point. */
  readonly scope: "system" | "point";
  /** What a person calls it. */
  readonly called: string;
  /** How two values are compared: `5` and `5.00` are one number. */
  readonly comparedAs: "number" | "text";
  columns(observation: O): Columns;
  /** The observation at another document's value, where a source that publishes prices may restate one. */
  restated?(observation: O, value: string): O;
  /** The moment that the value is about, by its source's own word. */
  saidAt(observation: O): Instant;
  /** The first moment at which it can be published, where that comes before the moment that it is about. */
  publishedFrom?(observation: O): Instant;
  /** Where a value stands in its document: rows of one place are about the same thing. */
  place(value: O): string;
  /** The value for a person. */
  text(value: O): string;
}

/**
 * A kind of fact that market feeds bring and sites are told: `O` as it is observed, `M` what its feed remembers between
 * two polls, as plain JSON; the others as of any fact. One that rides waits for its site's next SCED signal, unless an
 * observation is heard as urgent.
 */
export interface MarketFact<O extends Observed, I extends Told, R, P, F, M = undefined>
  extends ObservedFact<O>, SiteFact<I, R, P, F> {
  readonly kind: O["kind"] & I["kind"];
  readonly scope: "system" | "point";
  readonly isWatched: true;
  /** Every poll counts, also one whose value is stored already. */
  readonly everyPollCounts?: true;
  /** Facts that wait for a ride go in its signal. */
  readonly carries?: true;
  /** A later version, or one that comes after its day, settles the day again. */
  readonly corrects?: true;
  /** Told on change only: a site that begins is told the newest again. */
  readonly standsUntilChanged?: true;
  /** What the sites are told of an observation that is new, changed, or counted. */
  hear(observation: O, version: number, at: Instant, rules: FeedRules, memory: M | undefined): Heard<I, M>;
  /** What is told at one poll, in the order of the telling. */
  inOrder?(told: readonly I[]): readonly I[];
  /** Whether a kept document's row says what the site was told; `before` is what it was told by this source before. */
  says(row: O, told: I, before: I | undefined): boolean;
  /** What it says one by one, where it holds several values: each must stand in its document. */
  parts?(told: I): readonly I[];
  /** Kinds of facts that it can be made of at a site that no feed tells it. */
  readonly madeOf?: readonly string[];
  /** Which of several sources told it, by feed id; absent where there is one. */
  toldBy?(told: I): string;
  place(value: O | I): string;
  text(value: O | I): string;
}

/** Older prices are history when a site starts: they are stored, not told, market seconds. */
export const NEWS_SECONDS = 2_700;

/** Version of the value that an input tells: the end of its id. */
export function versionIn(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** Key of a place of settlement. */
export function placeText(point: string, ...rest: readonly (string | IntervalKey)[]): string {
  return [point, ...rest].join(" ");
}
