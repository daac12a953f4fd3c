import { expect, it } from "vitest";
import { periodOf } from "../../src/app/operator/periodText.ts";

it("reads a period by its first and last day, and takes nothing else for one", () => {
  expect(periodOf("2026-08-01..2026-08-31")).toEqual({ from: "2026-08-01", to: "2026-08-31" });
  expect(periodOf("2026-08-31..2026-08-31")).toEqual({ from: "2026-08-31", to: "2026-08-31" });
  expect(periodOf("2028-01-01..2028-12-31")).toEqual({ from: "2028-01-01", to: "2028-12-31" });
  for (const text of [
    "2026-08",
    "2026-01-01..2027-01-02",
    "0001-01-01..9999-12-31",
    "2026-08-31..2026-08-01",
    "2026-02-01..2026-02-30",
    "2026-08-01..2026-08-02..x",
    "",
  ])
    expect(periodOf(text)).toBeUndefined();
});
