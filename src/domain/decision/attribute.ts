import type { AttributedKw } from "./attributed.ts";
import { kwAt } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { Reason } from "./model.ts";
import type { Taking } from "./narrowed.ts";
import { economic } from "./rules/economic.ts";

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
 * keeps on is told by that floor. `takings` and `floors` are the cohort's; `goes` is where the price puts it, undefined
 * without one; `position` where it is put.
 */
export function attribute(
  frame: CohortFrame,
  takings: readonly Taking[],
  floors: readonly Taking[],
  goes: number | undefined,
  position: number,
): Attribution {
  const down = new Walk(frame, frame.normal);
  const levels = takings.filter(({ band }) => band.onlyRestarts !== true);
  for (const taking of levels) down.to(taking.band, Math.max(position, taking.position));
  const kept = floors.filter(({ band }) => band.cohortId !== undefined).map((floor) => floor.position);
  if (goes !== undefined) down.to(PRICE, Math.max(position, goes, ...kept));
  const restarts = takings.filter(({ band }) => band.onlyRestarts === true);
  for (const taking of restarts) down.to(taking.band, Math.max(position, taking.position));
  down.to(levels.findLast(({ band }) => band.cohortId === undefined)?.band ?? PRICE, position);
  const up = new Walk(frame, goes ?? position);
  for (const floor of floors) up.upTo(floor.band, Math.min(position, floor.position));
  return { curtailed: down.parts, heldOnBy: up.parts };
}

/** The price has no band; its words are those of what was compared. */
const PRICE = { reason: economic.reason, why: "" };

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
