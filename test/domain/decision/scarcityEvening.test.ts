import { describe, expect, it } from "vitest";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { dataDir, needsData, recordedRuns } from "../ercotPrices.ts";
import { disagreements } from "./readSentence.ts";
import { sameSplit, splitText } from "../../../src/domain/decision/split.ts";
import { TestSite, at, clockOf, hashprice, site } from "./site.ts";

const LAG_SECONDS = 60;

describe.skipIf(dataDir === undefined)(
  `HB_HOUSTON on 2024-08-20, strike 75, off above 1.25 K and on below 0.9 K${needsData}`,
  () => {
    const evening = new TestSite(site());
    const moves: string[] = [];
    const note = (): void => {
      const record = evening.records.at(-1);
      const decision = record?.output.cohorts[0];
      if (record === undefined || decision === undefined || sameSplit(decision.fromSplit, decision.split)) return;
      moves.push(`${splitText(decision.split)} on the run of ${clockOf(record.input.facts.scedRuns.at(-1)?.scedAt)}`);
    };
    const runs = dataDir === undefined ? [] : recordedRuns("HB_HOUSTON", "2024-08-20");
    evening.take(hashprice("00:00:00"));
    for (const run of runs) {
      const published = addSeconds(run.scedAt, LAG_SECONDS);
      for (let wake = evening.nextWakeAt; wake !== undefined && wake < published; wake = evening.nextWakeAt) {
        evening.take({ kind: "wake", id: `wake/${wake}`, at: wake });
        note();
      }
      evening.take({
        kind: "sced-lmp",
        id: run.scedAt,
        at: published,
        settlementPoint: "HB_HOUSTON",
        ...run,
        source: "file",
        contentHash: "00",
      });
      note();
    }

    it("goes off on the SCED run of 18:30:13 and on again on that of 21:15:12", () => {
      const evening = moves.filter((move) => / (1[89]|2[0-3]):/.test(move));
      expect(evening).toEqual(["off on the run of 18:30:13", "normal on the run of 21:15:12"]);
    });

    it("says at 18:31:13 why it went off, in numbers that are in the record", () => {
      const record = evening.records.find((one) => one.input.asOf === at("18:31:13"));
      const price = record?.output.expectedPrice?.expectedUsdPerMwh;
      expect(price).toBeGreaterThan(93.75);
      expect(record?.output.cohorts[0]?.sentence).toBe(
        `S19j Pro to go off: expected settlement price ${price?.toFixed(2)} $/MWh for 18:30-18:45 is above 93.75 ` +
          "(1.25 × strike 75.00).",
      );
    });

    it("says nothing all day that its records do not hold", () => {
      expect(evening.records.flatMap((record) => disagreements(evening.plan, record))).toEqual([]);
    });

    it("keeps the state a workflow carries over below 20 KB", () => {
      expect(JSON.stringify(evening.state).length).toBeLessThan(20_000);
    });

    it("uses at most two mailbox inputs for each run, wakes included", () => {
      expect(evening.records.length).toBeLessThan(runs.length * 2);
    });
  },
);
