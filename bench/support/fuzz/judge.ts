import { ercotReports } from "../../../src/adapters/ercot/reports/index.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { PortDataError } from "../../../src/ports/errors.ts";
import type { FeedSource } from "../../../src/ports/feedSource.ts";
import type { Asked, Expected } from "./expected.ts";
import { factsOf } from "./facts.ts";
import { type Fact, isSame } from "./reading.ts";

/** A report's reader as the product has it, or one that a test plants. */
export type Reader = FeedSource["read"];

/** What came of a document. */
export interface Verdict {
  readonly outcome: "read" | "read in part" | "refused" | "crashed";
  readonly facts: number;
  readonly readMs: number;
  /** What is wrong, a sentence each. */
  readonly wrong: readonly string[];
}

const READERS: ReadonlyMap<string, Reader> = new Map(ercotReports.map((report) => [report.use, report.read as Reader]));

/** Has the product read a document and compares what it says with what may come of it. */
export function judged(asked: Asked, expected: Expected, readers?: ReadonlyMap<string, Reader>): Verdict {
  const told: string[] = [];
  const from = performance.now();
  const read = readBy((readers?.get(asked.use) ?? READERS.get(asked.use)) as Reader, asked, (problem) =>
    told.push(problem),
  );
  const readMs = performance.now() - from;
  if (read instanceof PortDataError) {
    const wrong =
      expected.isWhole && !expected.isUnreadable && expected.must.size > 0 ? [`refused: ${read.message}`] : [];
    return { outcome: "refused", facts: 0, readMs, wrong };
  }
  if (read instanceof Error) return { outcome: "crashed", facts: 0, readMs, wrong: [read.stack ?? read.message] };
  const facts = read.flatMap(factsOf);
  const wrong = [...wrongFacts(facts, expected, told), ...lostFacts(facts, expected), ...silent(facts, expected, told)];
  if (expected.isUnreadable && facts.length > 0) wrong.push(`read a document that says nothing: ${facts[0]?.key}`);
  return { outcome: told.length > 0 ? "read in part" : "read", facts: facts.length, readMs, wrong };
}

function readBy(read: Reader, asked: Asked, report: (problem: string) => void): readonly MarketObservation[] | Error {
  const { bytes, point, source, publishedMs, fetchedMs } = asked;
  const document = {
    source,
    documentId: "fuzz",
    contentType: "",
    bytes,
    fetchedAt: parseInstant(new Date(fetchedMs).toISOString()),
    publishedAt: publishedMs === undefined ? undefined : parseInstant(new Date(publishedMs).toISOString()),
  };
  try {
    return read(document, "", point, report);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function wrongFacts(facts: readonly Fact[], { may, disputed }: Expected, told: readonly string[]): string[] {
  const known = new Map<string, string>();
  return facts.flatMap(({ key, value }) => {
    const before = known.get(key);
    known.set(key, value);
    if (before !== undefined && before !== value) return [`two values of ${key}: ${before} and ${value}`];
    if (disputed.has(key) && told.length === 0) return [`${key} is ${value}, and the document says different things`];
    const allowed = [...(may.get(key) ?? [])];
    if (allowed.some((one) => isSame(key, one, value))) return [];
    return [
      `${key} is ${value}, and the document says ${allowed.length === 0 ? "nothing of it" : allowed.join(" or ")}`,
    ];
  });
}

/** What was there and did not come out, though the document was read. */
function lostFacts(facts: readonly Fact[], { must, disputed }: Expected): string[] {
  const found = new Set(facts.map(({ key }) => key));
  return [...must.keys()].filter((key) => !found.has(key) && !disputed.has(key)).map((key) => `lost: ${key}`);
}

/** Rows of which nothing came out, and of which nobody was told. */
function silent(facts: readonly Fact[], { loud }: Expected, told: readonly string[]): string[] {
  if (told.length > 0) return [];
  const found = new Set(facts.map(({ key }) => key));
  return loud
    .filter((row) => !row.some(({ key }) => found.has(key)))
    .map((row) => `nothing of a row came out, and nobody was told: ${row[0]?.key ?? "it cannot be read"}`);
}
