import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intervalStart, intervalsOfDay } from "../../../src/domain/market/calendar.ts";
import { MarketRowError, normalizeDecimal } from "../../../src/domain/market/normalizeField.ts";
import { normalizeGridState } from "../../../src/domain/market/normalizeGridState.ts";
import { normalizeScedLmp } from "../../../src/domain/market/normalizeScedLmp.ts";
import { normalizeInterval } from "../../../src/domain/market/normalizeInterval.ts";
import { normalizeSettlementPrice } from "../../../src/domain/market/normalizeSettlementPrice.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const LATER = parseInstant("2060-01-01T00:00:00Z");
const price = (
  deliveryDate: string,
  deliveryHour: string,
  deliveryInterval: string,
  repeatedHour: string,
  text = "31.07",
) =>
  normalizeSettlementPrice(
    { deliveryDate, deliveryHour, deliveryInterval, repeatedHour, price: text },
    { fetchedAt: LATER },
  );
const lmp = (scedTimestamp: string, repeatedHour = "N", text = "31.07", readAt = LATER) =>
  normalizeScedLmp({ scedTimestamp, repeatedHour, lmp: text }, { fetchedAt: readAt });

describe("a SCED LMP row", () => {
  it("is dated in UTC from Central summer and winter time", () => {
    expect(lmp("08/18/2026 17:00:12")).toEqual({ scedAt: "2026-08-18T22:00:12.000Z", lmpUsdPerMwh: "31.07" });
    expect(lmp("12/14/2024 17:30:10", "N", "4673.27")).toEqual({
      scedAt: "2024-12-14T23:30:10.000Z",
      lmpUsdPerMwh: "4673.27",
    });
  });

  it("in the repeated hour takes the second copy when the flag is Y", () => {
    expect(lmp("11/03/2024 01:00:14", "N").scedAt).toBe("2024-11-03T06:00:14.000Z");
    expect(lmp("11/03/2024 01:00:13", "Y").scedAt).toBe("2024-11-03T07:00:13.000Z");
  });

  it("is read the same from the API's spelling", () => {
    expect(lmp("2024-11-03T01:00:13", "True")).toEqual(lmp("11/03/2024 01:00:13", "Y"));
  });

  it("marked as the second copy of the autumn hour an hour too early is read as the first", () => {
    const readAt = parseInstant("2024-11-03T06:01:20Z");
    expect(lmp("11/03/2024 01:00:14", "Y", "1978.00", readAt).scedAt).toBe("2024-11-03T06:00:14.000Z");
    expect(lmp("11/03/2024 01:00:14", "Y", "1978.00", parseInstant("2024-11-03T07:01:20Z")).scedAt).toBe(
      "2024-11-03T07:00:14.000Z",
    );
  });

  it("more than two minutes ahead of market time is refused, and one within them is a clock's difference", () => {
    const readAt = parseInstant("2026-08-18T22:00:00Z");
    expect(lmp("08/18/2026 17:02:00", "N", "31.07", readAt).scedAt).toBe("2026-08-18T22:02:00.000Z");
    expect(() => lmp("08/18/2026 18:00:12", "N", "31.07", readAt)).toThrow(
      "column SCEDTimestamp: expected a run that has begun (2026-08-18T23:00:12.000Z is more than 120 s ahead of market time",
    );
  });

  it.each([
    ["a time the spring change skips", "03/08/2026 02:30:00", "N", "1", "SCEDTimestamp"],
    ["a day first", "18/08/2026 17:00:12", "N", "1", "SCEDTimestamp"],
    ["no seconds", "08/18/2026 17:00", "N", "1", "SCEDTimestamp"],
    ["a flag on an hour that is not repeated", "08/18/2026 17:00:12", "Y", "1", "SCEDTimestamp"],
    ["an unknown flag", "08/18/2026 17:00:12", "", "1", "RepeatedHourFlag"],
    ["an empty price", "08/18/2026 17:00:12", "N", "", "LMP"],
    ["a price in words", "08/18/2026 17:00:12", "N", "NaN", "LMP"],
  ])("with %s is refused, naming the column", (_what, stamp, flag, text, column) => {
    expect(() => lmp(stamp, flag, text)).toThrow(new RegExp(`^column ${column}: expected`));
    expect(() => lmp(stamp, flag, text)).toThrow(MarketRowError);
  });
});

describe("a settlement price row", () => {
  it("keeps the price as published, above the offer cap and below zero too", () => {
    expect(price("02/15/2021", "8", "2", "N", "9160.85").priceUsdPerMwh).toBe("9160.85");
    expect(price("08/18/2026", "4", "2", "N", "-244.14").priceUsdPerMwh).toBe("-244.14");
    expect(normalizeDecimal("LMP", "344.0")).toBe("344.0");
  });

  it.each([
    [".41", "0.41"],
    ["-.41", "-0.41"],
    ["63.4", "63.4"],
  ])("of %s is a price: %s $/MWh", (text, read) => {
    expect(price("08/18/2026", "4", "2", "N", text).priceUsdPerMwh).toBe(read);
    expect(lmp("08/18/2026 17:00:12", "N", text).lmpUsdPerMwh).toBe(read);
  });

  it("in fractions of a cent is refused where it is read; trailing zeros are none", () => {
    expect(price("08/18/2026", "2", "2", "N", "25.120").priceUsdPerMwh).toBe("25.120");
    expect(() => price("08/18/2026", "2", "2", "N", "25.123")).toThrow(
      'column SettlementPointPrice: expected whole cents per MWh, at most two decimal places, found "25.123"',
    );
  });

  it.each(["-99999", "999999999", "-99999.00"])("of %s is no price but the mark of a missing one", (text) => {
    expect(() => price("08/18/2026", "2", "2", "N", text)).toThrow("this stands for no value");
    expect(() => lmp("08/18/2026 17:00:12", "N", text)).toThrow("this stands for no value");
  });

  it("of an interval that is not over is refused; the autumn hour marked too early is read as its first copy", () => {
    const row = { deliveryDate: "11/03/2024", deliveryHour: "2", deliveryInterval: "1", repeatedHour: "Y" };
    const readAt = parseInstant("2024-11-03T06:17:40Z");
    expect(normalizeInterval(row, { fetchedAt: readAt })).toMatchObject({
      hourEnding: 2,
      interval: 1,
      repeatedHour: false,
    });
    expect(normalizeInterval(row, { fetchedAt: parseInstant("2024-11-03T07:17:40Z") })).toMatchObject({
      repeatedHour: true,
    });
    expect(() => normalizeInterval({ ...row, deliveryHour: "7", repeatedHour: "N" }, { fetchedAt: readAt })).toThrow(
      "column DeliveryDate: expected an interval that is over (its end 2024-11-03T12:15:00.000Z is",
    );
  });

  it("takes the hour as a number or as text such as 01:00", () => {
    expect(price("08/18/2026", "01:00", "1", "N")).toEqual(price("2026-08-18", "1", "1", "False"));
  });

  it.each([
    ["HE 25", "08/18/2026", "25", "1", "N", "DeliveryHour"],
    ["HE 0", "08/18/2026", "0", "1", "N", "DeliveryHour"],
    ["HE 3 of the spring change day", "03/08/2026", "3", "1", "N", "DeliveryDate"],
    ["interval 5", "08/18/2026", "1", "5", "N", "DeliveryInterval"],
    ["a repeated-hour flag on a summer day", "08/18/2026", "2", "1", "Y", "DeliveryDate"],
    ["31 June", "06/31/2026", "1", "1", "N", "DeliveryDate"],
  ])("of %s is refused, naming the column", (_what, day, hour, interval, flag, column) => {
    expect(() => price(day, hour, interval, flag)).toThrow(new RegExp(`^column ${column}: expected`));
  });

  it("gives every interval of every day back, the repeated and the missing hour included", () => {
    const days = fc.oneof(
      fc.constantFrom("2024-03-10", "2024-11-03", "2026-03-08", "2026-11-01"),
      fc
        .date({ min: new Date("2010-01-01"), max: new Date("2049-12-31"), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    );
    fc.assert(
      fc.property(days, (day) => {
        const [year, month, date] = day.split("-");
        for (const interval of intervalsOfDay(day)) {
          const read = price(
            `${month}/${date}/${year}`,
            String(interval.hourEnding),
            String(interval.interval),
            interval.repeatedHour ? "Y" : "N",
          ).interval;
          expect(intervalStart(read)).toBe(intervalStart(interval));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("the dashboard's grid state", () => {
  it.each([
    ["normal", 0, "normal"],
    ["Conservation", 0, "conservation"],
    ["watch", 0, "watch"],
    ["EEA1", 1, "eea1"],
    ["eea2", 2, "eea2"],
    ["eea3", 3, "eea3"],
    ["eea2", undefined, "eea2"],
    ["EEA 1", 1, "eea1"],
    ["EEA Level 2", 2, "eea2"],
    ["Energy Emergency Alert Level 3", 3, "eea3"],
    ["emergency", 3, "eea3"],
    ["normal", 2, "eea2"],
    ["eea1", 0, "eea1"],
    ["eea1", 2, "eea2"],
    ["watch", 1, "eea1"],
  ] as const)("%s with EEA level %s is %s, the worse of the two", (state, eea, level) =>
    expect(normalizeGridState(state, eea)).toEqual({ level, unreadable: false }),
  );

  it.each([
    ["brownout", 0, "unknown"],
    ["brownout", 2, "eea2"],
    ["emergency", undefined, "unknown"],
    ["emergency", 0, "unknown"],
    ["", 0, "unknown"],
    ["normal", Number.NaN, "unknown"],
    ["normal", 4, "unknown"],
    ["eea2", Number.NaN, "eea2"],
    ["constructor", undefined, "unknown"],
  ] as const)("%s with EEA level %s is an alarm, and at least %s", (state, eea, level) =>
    expect(normalizeGridState(state, eea)).toEqual({ level, unreadable: true }),
  );
});
