import { describe, expect, it } from "vitest";
import type { GridConditionObservation } from "../../../src/domain/inputs/gridCondition.ts";
import { isSilent } from "../../../src/domain/inputs/isSilent.ts";
import { newestSaidAt } from "../../../src/domain/inputs/newestSaidAt.ts";
import type { SettlementPriceObservation } from "../../../src/domain/inputs/settlementPrice.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const at = (time: string) => parseInstant(`2026-08-18T${time}-05:00`);
const provenance = {
  source: "test",
  documentId: "1",
  contentHash: "",
  fetchedAt: at("19:10:00"),
  quality: "PUBLISHED",
} as const;
const grid = (time: string): GridConditionObservation => ({
  ...provenance,
  kind: "grid-condition",
  level: "normal",
  stateText: "normal",
  observedAt: at(time),
});
const price: SettlementPriceObservation = {
  ...provenance,
  kind: "settlement-price",
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  interval: { operatingDay: "2026-08-18", hourEnding: 19, interval: 4, repeatedHour: false },
  priceUsdPerMwh: "20.00",
};

describe("what a source said last", () => {
  it("is the newest moment it spoke of, not the newest document's", () => {
    expect(newestSaidAt([grid("19:05:00"), grid("19:04:00")], at("19:10:00"), at("19:01:00"))).toBe(at("19:05:00"));
    expect(newestSaidAt([grid("19:04:00")], at("19:10:00"), at("19:05:00"))).toBe(at("19:05:00"));
    expect(newestSaidAt([], at("19:10:00"), undefined)).toBeUndefined();
  });

  it("is the end of the settlement interval for a price: 19:00 for 18:45 to 19:00", () => {
    expect(newestSaidAt([price], at("19:10:00"), undefined)).toBe(at("19:00:00"));
  });

  it("is no later than it was read: a stamp an hour ahead hides no silence", () => {
    const said = newestSaidAt([grid("20:10:00")], at("19:10:00"), undefined);
    expect(said).toBe(at("19:10:00"));
    expect(isSilent(at("19:10:00"), at("19:15:00"), 300)).toBe(false);
    expect(isSilent(at("19:10:00"), at("19:15:01"), 300)).toBe(true);
  });
});
