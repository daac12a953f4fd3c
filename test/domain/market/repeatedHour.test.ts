import { describe, expect, it } from "vitest";
import { normalizeInterval } from "../../../src/domain/market/normalizeInterval.ts";
import { normalizeScedLmp } from "../../../src/domain/market/normalizeScedLmp.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const at = (time: string) => parseInstant(`2024-11-03T${time}Z`);
interface Times {
  readonly published?: string;
  readonly or?: string;
  readonly read: string;
}
const times = ({ published, or, read }: Times) => ({
  fetchedAt: at(read),
  ...(published === undefined ? {} : { publishedAt: at(published) }),
  ...(or === undefined ? {} : { publishedOrAt: at(or) }),
});
/** Start of the run at 01:15:10 Central on the autumn day: 06:15:10 UTC in the first copy, 07:15:10 in the second. */
const run = (repeatedHour: string, document: Times, stamp = "01:15:10") =>
  normalizeScedLmp({ scedTimestamp: `11/03/2024 ${stamp}`, repeatedHour, lmp: "30.00" }, times(document)).scedAt;
const quarter = (repeatedHour: string, document: Times) =>
  normalizeInterval(
    { deliveryDate: "11/03/2024", deliveryHour: "2", deliveryInterval: "1", repeatedHour },
    times(document),
  ).repeatedHour;

describe("a SCED run of the autumn hour", () => {
  it.each<[string, string, Times, string]>([
    ["marked N, published a minute later", "N", { published: "06:16:30", read: "06:16:40" }, "06:15:10"],
    ["marked Y, published a minute later", "Y", { published: "07:16:30", read: "07:16:40" }, "07:15:10"],
    ["marked N in the second hour is read as the second", "N", { published: "07:16:30", read: "07:16:40" }, "07:15:10"],
    ["marked Y in the first hour is read as the first", "Y", { published: "06:16:30", read: "06:16:40" }, "06:15:10"],
    [
      "marked N, downloaded an hour after its publication",
      "N",
      { published: "06:16:30", read: "07:16:40" },
      "06:15:10",
    ],
    ["marked Y in the first hour, downloaded at three", "Y", { published: "06:16:30", read: "09:00:00" }, "06:15:10"],
    ["marked N, posted anew 40 minutes later", "N", { published: "06:55:00", read: "06:55:10" }, "06:15:10"],
    ["marked N, posted anew 85 minutes later", "N", { published: "07:40:00", read: "07:40:10" }, "06:15:10"],
    ["marked N, its publication not known", "N", { read: "07:16:40" }, "06:15:10"],
    ["marked Y too early, its publication not known", "Y", { read: "06:16:40" }, "06:15:10"],
    [
      "whose list leaves both, marked as the likelier",
      "N",
      { published: "06:16:30", or: "07:16:30", read: "09:00:00" },
      "06:15:10",
    ],
  ])("%s", (_title, flag, document, start) => {
    expect(run(flag, document)).toBe(at(start));
  });

  it("is refused where its flag and an uncertain publication speak of different copies, naming both", () => {
    expect(() => run("N", { published: "07:16:30", or: "06:16:30", read: "07:16:40" })).toThrow(
      "column RepeatedHourFlag: expected the flag of its publication (flag N says 2024-11-03T06:15:10.000Z, and the " +
        'document was published at 2024-11-03T07:16:30.000Z or 2024-11-03T06:16:30.000Z), found "N"',
    );
    expect(() => run("Y", { published: "06:16:30", or: "07:16:30", read: "09:00:00" })).toThrow("flag Y says");
  });

  it("of the last minutes of the first copy is published in the second, and stays in the first", () => {
    const [before, after] = ["06:00:40", "07:00:40"];
    for (const [published, or] of [
      [before, after],
      [after, before],
    ])
      expect(run("N", { published, or, read: "07:01:00" }, "01:59:30")).toBe(at("06:59:30"));
  });
});

describe("a settlement interval of the autumn hour", () => {
  it("that ends at 01:15 belongs to the copy within whose minutes it was published", () => {
    expect(quarter("N", { published: "06:17:30", read: "06:17:40" })).toBe(false);
    expect(quarter("N", { published: "07:17:30", read: "07:17:40" })).toBe(true);
    expect(quarter("Y", { published: "06:17:30", read: "08:17:40" })).toBe(false);
    expect(() => quarter("N", { published: "07:17:30", or: "06:17:30", read: "07:17:40" })).toThrow("column DSTFlag");
  });

  it("corrected days later keeps its flag", () => {
    const { publishedAt } = { publishedAt: parseInstant("2024-11-05T18:00:00Z") };
    for (const repeatedHour of ["N", "Y"])
      expect(
        normalizeInterval(
          { deliveryDate: "11/03/2024", deliveryHour: "2", deliveryInterval: "1", repeatedHour },
          { fetchedAt: publishedAt, publishedAt },
        ).repeatedHour,
      ).toBe(repeatedHour === "Y");
  });
});
