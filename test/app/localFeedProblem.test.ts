import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DeployedFeed } from "../../src/app/worker/registries.ts";
import { localFeedProblem } from "../../src/app/worker/localFeedProblem.ts";
import type { Instant } from "../../src/domain/units/instant.ts";

const AT = "2026-08-18T17:00:00.000Z" as Instant;
const REST = { pollEverySeconds: 3_600, settlementPoint: "HB_WEST", settlementPointType: "HU" };
const folder = mkdtempSync(join(tmpdir(), "ballast-hashprice-"));
const feedsWith = (text: string): DeployedFeed[] => {
  const path = join(folder, "hashprice.csv");
  writeFileSync(path, text);
  return [{ use: "hashprice/file", path, ...REST }];
};

describe("a site's hashprice file, before the site starts", () => {
  it("gives a hashprice: nothing to say, nor of a constant", () => {
    expect(localFeedProblem(feedsWith("date,usd_per_ph_day\n2026-08-18,48.10\n"), AT)).toBeUndefined();
    expect(localFeedProblem([{ use: "hashprice/constant", usdPerPhDay: "48", ...REST }], AT)).toBeUndefined();
  });

  it("is named when it is not there", () => {
    expect(localFeedProblem([{ use: "hashprice/file", path: join(folder, "none.csv"), ...REST }], AT)).toMatch(
      /none\.csv: cannot be read \(ENOENT\); expected the CSV that its path names/,
    );
  });

  it("is named with its line and what was expected", () => {
    expect(localFeedProblem(feedsWith("date,usd_per_ph_day\n2026-08-18,48.10\n2026-08-19,\n"), AT)).toMatch(
      /hashprice\.csv: line 3: .*usd_per_ph_day/,
    );
    expect(localFeedProblem(feedsWith("day,price\n2026-08-18,48.10\n"), AT)).toMatch(
      /expected the columns date or instant, and usd_per_ph_day/,
    );
  });

  it("is named when its first row is later than now", () => {
    expect(localFeedProblem(feedsWith("date,usd_per_ph_day\n2026-08-20,48.10\n"), AT)).toMatch(
      /expected a row at or before 2026-08-18T17:00:00\.000Z, the first is 2026-08-20T05:00:00\.000Z/,
    );
  });
});
