import { Chance } from "./chance.ts";
import type { Asked, Expected } from "./expected.ts";
import { judged, type Reader } from "./judge.ts";
import { messageCase } from "./messages.ts";
import { pageCase } from "./pages.ts";
import { SYSTEM_REPORTS } from "./systemTables.ts";
import { tableCase } from "./tableCase.ts";
import { POINT_REPORTS, POINTS } from "./tables.ts";

/** What came of many documents. */
export interface FuzzResult {
  readonly documents: number;
  readonly mutations: number;
  readonly facts: number;
  readonly crashes: number;
  readonly wrongValues: number;
  /** Documents by report and outcome. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** A sentence about each of the first that were wrong. */
  readonly examples: readonly string[];
  /** Time that the product took for each document, ms. */
  readonly readMs: Float64Array;
}

const EXAMPLES_MAX = 20;
const REPORTS = [...POINT_REPORTS, ...SYSTEM_REPORTS];

/**
 * Has the product read documents until so many rows, documents and messages of them were mutated, and compares each
 * with an independent reading. The same for a seed on every machine. `readers`: planted ones, by report;
 * `uses`: these reports alone, or the operations messages where it names none of them.
 */
export function fuzzed(
  mutationsWanted: number,
  seed: number,
  readers?: ReadonlyMap<string, Reader>,
  uses?: readonly string[],
): FuzzResult {
  const chance = new Chance(seed);
  const outcomes: Record<string, Record<string, number>> = {};
  const examples: string[] = [];
  const times: number[] = [];
  let [documents, mutations, facts, crashes, wrongValues] = [0, 0, 0, 0, 0];
  while (mutations < mutationsWanted) {
    const { asked, expected } = caseOf(chance, uses);
    const verdict = judged(asked, expected, readers);
    documents += 1;
    mutations += expected.mutations;
    facts += verdict.facts;
    times.push(verdict.readMs);
    const known = (outcomes[asked.what] ??= {});
    known[verdict.outcome] = (known[verdict.outcome] ?? 0) + 1;
    if (verdict.outcome === "crashed") crashes += 1;
    else wrongValues += verdict.wrong.length;
    for (const one of verdict.wrong)
      if (examples.length < EXAMPLES_MAX) examples.push(`seed ${seed}, document ${documents}, ${asked.what}: ${one}`);
  }
  return {
    documents,
    mutations,
    facts,
    crashes,
    wrongValues,
    outcomes,
    examples,
    readMs: Float64Array.from(times),
  };
}

function caseOf(chance: Chance, uses?: readonly string[]): { readonly asked: Asked; readonly expected: Expected } {
  if (uses !== undefined) {
    const named = REPORTS.filter(({ use }) => uses.includes(use));
    return named.length === 0 ? messageCase(chance) : tableCase(chance, chance.pick(named), chance.pick(POINTS));
  }
  const kind = chance.next();
  if (kind < 0.75) return tableCase(chance, chance.pick(REPORTS), chance.pick(POINTS));
  return kind < 0.9 ? pageCase(chance) : messageCase(chance);
}
