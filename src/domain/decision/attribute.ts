import type { AttributedKw } from "./attributed.ts";
import { kwAt } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { Reason } from "./model.ts";
import type { Narrowed } from "./narrowed.ts";

/** kW of a cohort by the one rule that each belongs to, with the rule's words. */
export interface Attribution {
  /** From normal downwards. */
  readonly curtailed: readonly (AttributedKw & { readonly why: string })[];
  /** From what the price would leave upwards. */
  readonly heldOnBy: readonly (AttributedKw & { readonly why: string })[];
}

/**
 * Gives each kW below normal its one reason. From normal downwards: what the highest rule takes is its own, also where
 * the price would have taken it; the next takes what is below, last the price. What is then still down is down because
 * a rule lets nothing come on, though the price or a floor would have it on. What the price would drop and a floor
 * keeps on is told by that floor. `goes` is where the price puts the cohort, undefined without one; `position` where it
 * is put.
 */
export function attribute(
  frame: CohortFrame,
  at: number,
  narrowed: Narrowed,
  goes: number | undefined,
  position: number,
): Attribution {
  const { takings, floors } = narrowed;
  const down = new Walk(frame, frame.normal);
  const levels = takings.filter(({ band }) => band.onlyRestarts !== true);
  for (const { band, positions } of levels) down.to(band, Math.max(position, positions[at] as number));
  const kept = floors.filter(({ band }) => band.cohortId !== undefined).map(({ positions }) => positions[at] as number);
  if (goes !== undefined) down.to(PRICE, Math.max(position, goes, ...kept));
  const restarts = takings.filter(({ band }) => band.onlyRestarts === true);
  for (const { band, positions } of restarts) down.to(band, Math.max(position, positions[at] as number));
  down.to(levels.findLast(({ band }) => band.cohortId === undefined)?.band ?? PRICE, position);
  const up = new Walk(frame, goes ?? position);
  for (const { band, positions } of floors) up.upTo(band, Math.min(position, positions[at] as number));
  return { curtailed: down.parts, heldOnBy: up.parts };
}

/** The price has no band; its words are those of what was compared. */
const PRICE = { reason: "economic" as const, why: "" };

class Walk {
  readonly parts: (AttributedKw & { readonly why: string })[] = [];
  readonly #frame: CohortFrame;
  #position: number;

  constructor(frame: CohortFrame, from: number) {
    this.#frame = frame;
    this.#position = from;
  }

  to(part: { readonly reason: Reason; readonly why: string }, position: number): void {
    if (position < this.#position) this.#take(part, position);
  }

  upTo(part: { readonly reason: Reason; readonly why: string }, position: number): void {
    if (position > this.#position) this.#take(part, position);
  }

  #take({ reason, why }: { readonly reason: Reason; readonly why: string }, position: number): void {
    const kw = Math.abs(kwAt(this.#frame, position) - kwAt(this.#frame, this.#position));
    this.#position = position;
    const last = this.parts.at(-1);
    if (last?.reason !== reason) this.parts.push({ reason, kw, why });
    else this.parts[this.parts.length - 1] = { ...last, kw: last.kw + kw };
  }
}
