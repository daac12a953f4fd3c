import { readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { type SiteFile, siteFileSchema } from "../../src/app/worker/registries.ts";
import type { SitePlan } from "../../src/domain/decision/model.ts";

/** Whether each is as good as the other: the compiler answers. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Site = Omit<SiteFile["site"], "name" | "hasGateway">;
type Policy = Omit<SiteFile["policy"], "dispatch">;
type Computed = "cohorts" | "avoidableAddersUsdPerMwh" | "priceFloorUsdPerMwh" | "priceCapUsdPerMwh" | "factSources";

it("a site's file and the plan that decisions are made under have the same keys", () => {
  const keys: Same<keyof Site | keyof Policy | Computed, keyof SitePlan> = true;
  expect(keys).toBe(true);
});

it("every key of site and policy reaches the plan, firm and house load too; name, gateway and dispatch are no part of a decision", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-plan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "site.yaml");
  const example = readFileSync("config/example-site.yaml", "utf8");
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", resolve("config/market/ercot.yaml"))
      .replace("  poolFee: 0.01\n", "  poolFee: 0.01\n  firmKw: 250\n  houseKw: 12.5\n"),
  );
  const { plan } = loadDeployment(file, "2026-08-18");
  const { site, policy } = siteFileSchema.shape;
  const configured = [...Object.keys(site.shape), ...Object.keys(policy.shape)];
  const computed = ["cohorts", "avoidableAddersUsdPerMwh", "priceFloorUsdPerMwh", "priceCapUsdPerMwh", "factSources"];
  const kept = configured.filter((key) => !["name", "hasGateway", "dispatch"].includes(key));
  expect(Object.keys(plan).toSorted()).toEqual([...kept, ...computed].toSorted());
  expect(plan).toMatchObject({ firmKw: 250, houseKw: 12.5 });
});
