import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as SiteFile from "../../../src/app/worker/siteFile.ts";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { SitePlan } from "../../../src/domain/decision/model.ts";
import { POLICIES } from "../../../src/domain/decision/policies/index.ts";
import { RULES } from "../../../src/domain/decision/rules/index.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import type * as Spans from "../../../src/domain/settlement/curtailedSpans.ts";
import { projectRoot } from "../../../src/local/places.mjs";
import { type PlantedPage, plantedPage } from "../../support/plantedPage.ts";
import { at, clockOf, cohortOfStrike, inputAt, site } from "./site.ts";

const PAGE = "docs/add-a-rule.md";
const text = readFileSync(join(projectRoot, PAGE), "utf8");
const scenarios = ["decide", "preAlert", "siteState", "megawatts", "stopsAndTrips", "reserve", "coincidentPeak"]
  .map((name) => readFileSync(join(projectRoot, `test/domain/decision/${name}.test.ts`), "utf8"))
  .join("\n");

describe("the rules of a decision", () => {
  it.each(RULES.map((rule) => [rule.reason, rule] as const))(
    "%s stands in the documents with what the money reads, and a scenario of it in the tests",
    (reason, rule) => {
      const excluded = "slaExclusion" in rule ? `\`${rule.slaExclusion}\`` : "none";
      expect(text).toMatch(new RegExp(`^\\| \`${reason}\` \\|.*\\| \`${rule.settlement}\` \\| ${excluded} \\|$`, "m"));
      expect(scenarios).toMatch(new RegExp(`["/]${reason}"`));
    },
  );

  it("stand in the documents in their precedence", () => {
    const rows = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, reason]) => reason);
    expect(rows).toEqual(RULES.map(({ reason }) => reason));
    const architecture = readFileSync(join(projectRoot, "docs/architecture.md"), "utf8");
    expect(architecture).toContain(RULES.map(({ reason }) => reason).join(" > "));
  });

  it("each way in which the price may place cohorts stands in the documents", () => {
    for (const { kind } of POLICIES) expect(text).toContain(`\`${kind}\``);
  });
});

describe(PAGE, () => {
  let page: PlantedPage;
  let planted: typeof decide;
  beforeAll(async () => {
    page = plantedPage(PAGE);
    planted = (await page.load("src/domain/decision/decide.ts")).decide;
  });
  afterAll(() => page?.remove());

  /** 100 machines of 3 kW each, strikes 45 and 90 $/MWh; 400 kW are allowed at night. */
  const plan = {
    ...site({ cohorts: [cohortOfStrike("worst", "S19j Pro", 45), cohortOfStrike("best", "S21", 90)] }),
    noiseLimitKw: 400,
  };
  const night = { asOf: at("22:05:00"), scedRuns: [{ scedAt: at("21:59:50"), lmpUsdPerMwh: 20 }] };

  it("adds a rule with one file, its key and one line, and a policy with one file and one line", () => {
    expect(page.steps).toEqual([
      "src/domain/decision/rules/noiseLimit.ts",
      "src/domain/decision/rules/index.ts +1",
      "src/domain/decision/planModel.ts +2",
      "src/config/schema/equipment.ts +1",
      "src/domain/decision/policies/atStrike.ts",
      "src/domain/decision/policies/index.ts +1",
    ]);
  });

  it("at night the worst machines go until 400 kW are left, for the rule's own reason and in its words", () => {
    const output = planted(plan, inputAt(plan, 20, night));
    expect(output.cohorts.map(({ split }) => splitText(split))).toEqual(["67 off, 33 normal", "normal"]);
    expect(output.cohorts[0]?.curtailed).toEqual([{ reason: "noise-limit", kw: 201 }]);
    expect(output.cohorts[0]?.sentence).toBe(
      "S19j Pro to go to 67 off and 33 at normal: the noise ordinance allows 400.0 kW at night.",
    );
  });

  it("by day it demands nothing, and the site looks when the night begins", () => {
    const day = {
      asOf: at("21:58:00"),
      scedRuns: [{ scedAt: at("21:54:50"), lmpUsdPerMwh: 20 }],
    };
    const output = planted(plan, inputAt(plan, 20, day));
    expect(output.changes).toBe(false);
    expect(clockOf(output.nextWakeAt)).toBe("22:00:00");
  });

  it("an order below it is broken aloud, an instruction above it goes further", () => {
    const words = { actor: "maria", reason: "test", from: at("18:00:00"), until: at("23:00:00") };
    const run = { ...words, orderId: "o", action: "run" as const };
    const held = planted(plan, inputAt(plan, 20, { ...night, orders: [run] }));
    expect(held.broken).toMatchObject([{ reason: "operator-order", cohortId: "worst", kw: 201 }]);
    const told = { instructionId: "vdi-7", issuer: "QSE", action: "curtail" as const, from: at("18:00:00") };
    const off = planted(plan, inputAt(plan, 20, { ...night, instructions: [told] }));
    expect(off.cohorts.map(({ reason }) => reason)).toEqual(["instruction", "instruction"]);
  });

  it("what it takes is booked by its row", async () => {
    const { attributeSpans } = (await page.load("src/domain/settlement/curtailedSpans.ts")) as typeof Spans;
    const { intervalStart, parseIntervalKey } = await page.load("src/domain/market/calendar.ts");
    const interval = parseIntervalKey("2024-08-20/23/1");
    const line = {
      cohortId: "worst",
      clientId: "client",
      at: at("21:00:00"),
      split: [{ modeId: "off", machines: 100 }],
      reason: "noise-limit" as never,
      curtailed: [{ reason: "noise-limit" as never, belowNormalW: 201_000 }],
      ableToRun: 100,
      normalPowerW: 3_000,
    };
    const [spans] = attributeSpans([line], [{ interval, startAt: intervalStart(interval) }]);
    expect(spans?.curtailed).toMatchObject([{ reason: "noise-limit", belowNormalW: 201_000, seconds: 900 }]);
  });

  it("a site without the key decides as before, to the byte", () => {
    const bare: SitePlan = site({ cohorts: plan.cohorts });
    for (const lmp of [-50, 20, 60, 80, 100, 4_000])
      expect(planted(bare, inputAt(bare, lmp, night))).toEqual(decide(bare, inputAt(bare, lmp, night)));
  });

  it("ballast check takes its key", async () => {
    const { checkSiteFile } = (await page.load("src/app/worker/siteFile.ts")) as typeof SiteFile;
    const file = join(page.root, "config", "quiet.yaml");
    const example = readFileSync(join(projectRoot, "config/example-site.yaml"), "utf8");
    writeFileSync(file, example.replace("  poolFee: 0.01\n", "  poolFee: 0.01\n  noiseLimitKw: 400\n"));
    expect(checkSiteFile(file).problems).toEqual([]);
  });

  it("the policy that a plan names places its cohorts: at the strike, not a quarter above", () => {
    const bare: SitePlan = site({ cohorts: [cohortOfStrike("one", "S19j Pro", 75)] });
    const named = { ...bare, economic: { ...bare.economic, kind: "at-strike" } };
    const modeAt = (of: SitePlan, lmp: number) => splitText(planted(of, inputAt(of, lmp)).cohorts[0]!.split);
    expect([74, 76, 94].map((lmp) => modeAt(named, lmp))).toEqual(["normal", "off", "off"]);
    expect([74, 76, 94].map((lmp) => modeAt(bare, lmp))).toEqual(["normal", "normal", "off"]);
    expect(() => decide(named, inputAt(named, 74))).toThrow('no policy "at-strike"');
  });
});
