import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { instantFromMs, msOfInstant, parseInstant } from "../../../src/domain/units/instant.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import type { MarketFeed } from "../../../src/ports/marketFeed.ts";
import { loadPriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import type { PriceDay } from "../../../src/simulators/ercot/priceDay.ts";
import { startErcotSimulator } from "../../../src/simulators/ercot/server.ts";
import type { ErcotSimulator, ErcotSimulatorOptions } from "../../../src/simulators/ercot/server.ts";

const DEMO = fileURLToPath(new URL("../../../config/demo/", import.meta.url));

/** The demo evening as the product loads it. */
export function demoDay(): PriceDay {
  return loadPriceDay({
    lmpPath: `${DEMO}sced-lmp.csv`,
    sppPath: `${DEMO}settlement-prices.csv`,
    prcPath: `${DEMO}grid-conditions.csv`,
    correctionsPath: `${DEMO}corrections.csv`,
    days: ["2026-08-18", "2026-08-19"],
  });
}

/** A clock that a test sets by hand. */
export class HandClock {
  at: Instant;
  constructor(at: string) {
    this.at = parseInstant(at);
  }
  set(at: string): Instant {
    this.at = parseInstant(at);
    return this.at;
  }
  nowMs(): number {
    return msOfInstant(this.at);
  }
}

const running: ErcotSimulator[] = [];

export async function simulate(options: ErcotSimulatorOptions): Promise<ErcotSimulator> {
  const simulator = await startErcotSimulator(options);
  running.push(simulator);
  return simulator;
}

export async function closeSimulators(): Promise<void> {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
}

/** Polls a feed at the moments it asks for until `until`, and reads every document. */
export async function follow(
  feed: MarketFeed,
  clock: HandClock,
  until: string,
): Promise<{ observations: MarketObservation[]; documentIds: string[]; polls: number; cursorLengthMax: number }> {
  const endMs = msOfInstant(parseInstant(until));
  const observations: MarketObservation[] = [];
  const documentIds: string[] = [];
  let cursor: string | undefined;
  let polls = 0;
  let cursorLengthMax = 0;
  while (clock.nowMs() <= endMs) {
    const poll = await feed.poll(cursor, clock.at);
    polls += 1;
    cursor = poll.cursor;
    cursorLengthMax = Math.max(cursorLengthMax, cursor.length);
    for (const document of poll.documents) {
      documentIds.push(document.documentId);
      observations.push(...feed.parse(document, createHash("sha256").update(document.bytes).digest("hex")));
    }
    clock.at = instantFromMs(msOfInstant(feed.nextPollAt(clock.at, poll.documents.length > 0)));
  }
  return { observations, documentIds, polls, cursorLengthMax };
}

/** A file with the given text in a new folder of its own, gone when the test is over. */
export function fileOf(name: string, text: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "ballast-ercot-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
