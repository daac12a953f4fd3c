import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DeployedFeed } from "../../src/app/worker/deployment.ts";
import { hashpriceFileProblem } from "../../src/app/worker/hashpriceFileProblem.ts";
import type { Instant } from "../../src/domain/units/instant.ts";

const AT = "2026-08-18T17:00:00.000Z" as Instant;
const folder = mkdtempSync(join(tmpdir(), "ballast-hashprice-"));
const feedsWith = (text: string): DeployedFeed[] => {
  const path = join(folder, "hashprice.csv");
  writeFileSync(path, text);
  return [{ kind: "hashprice-file", path }];
};

describe("a site's hashprice file, before the site starts", () => {
  it("gives a hashprice: nothing to say, nor of a constant", () => {
    expect(hashpriceFileProblem(feedsWith("date,usd_per_ph_day\n2026-08-18,48.10\n"), AT)).toBeUndefined();
    expect(hashpriceFileProblem([{ kind: "hashprice-constant", usdPerPhDay: "48" }], AT)).toBeUndefined();
  });

  it("is named when it is not there", () => {
    expect(hashpriceFileProblem([{ kind: "hashprice-file", path: join(folder, "none.csv") }], AT)).toMatch(
      /none\.csv: cannot be read \(ENOENT\); expected the CSV that feeds\.hashprice\.path names/,
    );
  });

  it("is named with its line and what was expected", () => {
    expect(hashpriceFileProblem(feedsWith("date,usd_per_ph_day\n2026-08-18,48.10\n2026-08-19,\n"), AT)).toMatch(
      /hashprice\.csv: line 3: .*usd_per_ph_day/,
    );
    expect(hashpriceFileProblem(feedsWith("day,price\n2026-08-18,48.10\n"), AT)).toMatch(
      /expected the columns date or instant, and usd_per_ph_day/,
    );
  });

  it("is named when its first row is later than now", () => {
    expect(hashpriceFileProblem(feedsWith("date,usd_per_ph_day\n2026-08-20,48.10\n"), AT)).toMatch(
      /expected a row at or before 2026-08-18T17:00:00\.000Z, the first is 2026-08-20T05:00:00\.000Z/,
    );
  });
});
