import { expect, it } from "vitest";
import { splitText, wholeSplit } from "../../src/domain/decision/split.ts";
import { recoveryText } from "../../src/app/commands/recover.ts";
import { firstRun } from "../../src/app/worker/nextRun.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";

it("a recovery says of each cohort since when it is in its mode, or that it never moved on record", () => {
  const at = "2026-08-18T22:05:11.000Z" as never;
  const first = firstRun(loadDeployment("config/example-site.yaml", "2026-08-18"), { kind: "real" }, at);
  const [moved, never] = first.state.cohorts;
  if (moved === undefined || never === undefined) throw new Error("the example site has two cohorts and more");
  const cohorts = [{ ...moved, split: wholeSplit("off", 1), since: at, reason: "operator-order" as const }, never];
  expect(
    recoveryText({ ...first, state: { ...first.state, cohorts } })
      .split("\n")
      .slice(2, 4),
  ).toEqual([
    `  ${moved.cohortId}: off, since 2026-08-18T22:05:11.000Z (operator-order)`,
    `  ${never.cohortId}: ${splitText(never.split)}, never moved on record (${never.reason})`,
  ]);
});

it("a recovery says who stopped what for safety, by its records or kept beside them", () => {
  const at = "2026-08-18T22:05:11.000Z" as never;
  const first = firstRun(loadDeployment("config/example-site.yaml", "2026-08-18"), { kind: "real" }, at);
  const stops = [{ cohortId: "caprock-s21" as never, actor: "maria", reason: "smoke", at }];
  const pending = [{ kind: "stop" as const, id: "stop/site", at, actor: "ann", reason: "gas" }];
  const lines = recoveryText({ ...first, state: { ...first.state, stops }, pending }).split("\n");
  expect(lines.filter((line) => line.includes("safety"))).toEqual([
    "  stopped for safety by maria: caprock-s21 (smoke)",
    "  stopped for safety by ann: the site (gas)",
  ]);
});
