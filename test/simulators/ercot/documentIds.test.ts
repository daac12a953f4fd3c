import { describe, expect, it } from "vitest";
import { publicationOf, publicationsOf } from "../../../src/simulators/ercot/publications.ts";
import { REPORTS } from "../../../src/simulators/ercot/reports/index.ts";
import { demoDay } from "./market.ts";

const TIMES = { lmpDelaySeconds: 60, sppDelaySeconds: 150, jitterSeconds: 15, seed: 1 };
const EVENING_MS = Date.parse("2026-08-18T19:00:00-05:00");
const noRows = () => [];
const documentAt = (publishMs: number) => ({
  stem: "X_20260818_190000",
  aboutMs: publishMs,
  publishMs,
  header: [],
  rows: noRows,
});
const report = (reportTypeId: number) => ({ ...REPORTS[0]!, reportTypeId });

describe("ids of the simulator's documents", () => {
  it("are each the id of one document over two days of all reports, and ascend with the publication in every report", () => {
    const published = publicationsOf(demoDay(), TIMES);
    expect(published.length).toBeGreaterThan(300);
    const ids = published.flatMap(({ csvDocId, xmlDocId }) => [csvDocId, xmlDocId]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { reportTypeId } of REPORTS) {
      const own = published.filter((one) => one.reportTypeId === reportTypeId).map(({ csvDocId }) => Number(csvDocId));
      expect(own.length).toBeGreaterThan(0);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  it("are those of report and second alone: neither the reports beside it nor their order move them", () => {
    const alone = publicationOf(report(12301), documentAt(EVENING_MS), new Set());
    const taken = new Set<string>();
    const beside = [12300, 12302, 99999, 1, 12301].map((type) =>
      publicationOf(report(type), documentAt(EVENING_MS), taken),
    );
    expect(beside.at(-1)).toEqual(alone);
    expect(new Set(beside.flatMap(({ csvDocId, xmlDocId }) => [csvDocId, xmlDocId])).size).toBe(10);
    expect(BigInt(alone.xmlDocId)).toBe(BigInt(alone.csvDocId) + 1n);
  });

  it("of a second document of a report in one second are those of the next second", () => {
    const taken = new Set<string>();
    const [first, second] = [0, 1].map(() => publicationOf(report(12301), documentAt(EVENING_MS), taken));
    expect(second?.csvDocId).toBe(publicationOf(report(12301), documentAt(EVENING_MS + 1000), new Set()).csvDocId);
    expect(second?.csvDocId).not.toBe(first?.csvDocId);
  });

  it("stay exact numbers for any five-digit report in this century", () => {
    const { xmlDocId } = publicationOf(report(99999), documentAt(Date.parse("2099-12-31T23:59:59Z")), new Set());
    expect(Number.isSafeInteger(Number(xmlDocId))).toBe(true);
    expect(String(Number(xmlDocId))).toBe(xmlDocId);
  });
});
