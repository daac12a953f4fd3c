import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deploymentChanges } from "../../src/app/system/deploymentChanges.ts";
import { deploymentInForce } from "../../src/app/system/deploymentInForce.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment, planHashOf } from "../../src/app/worker/loadDeployment.ts";

const EXAMPLE = loadDeployment("config/example-site.yaml", "2026-08-18");
const [FIRST] = EXAMPLE.plan.cohorts;
if (FIRST === undefined) throw new Error("the example site has no cohort");

function withPlan(changes: Partial<Deployment["plan"]>): Deployment {
  const plan = { ...EXAMPLE.plan, ...changes };
  return { ...EXAMPLE, plan, planHash: planHashOf(plan) };
}
const firstCohort = (changes: object): Deployment =>
  withPlan({ cohorts: EXAMPLE.plan.cohorts.map((one, i) => (i === 0 ? { ...one, ...changes } : one)) });

/** What a start in a folder runs whose configuration in force is the example's. */
function started(file: Deployment): { deployment: Deployment; said: string[] } {
  const dir = mkdtempSync(join(tmpdir(), "ballast-in-force-"));
  const run = {
    temporalAddress: "t",
    namespace: "n",
    appDatabaseUrl: "u",
    clock: { kind: "real" },
    deployments: [EXAMPLE],
  };
  writeFileSync(join(dir, "run.json"), JSON.stringify(run), { mode: 0o600 });
  const said: string[] = [];
  return { deployment: deploymentInForce(dir, file, (line) => said.push(line)), said };
}

describe("ERCOT's PRC under which a Watch is due", () => {
  it.each([
    ["2026-08-18", 3_000],
    ["2023-09-06", undefined],
  ])("on %s is %s MW for the feed of the grid condition, from the market's constants", (day, mw) => {
    const deployment = loadDeployment("config/example-site.yaml", day);
    expect(feedsOf(deployment).get("grid-condition")?.watchBelowMw).toBe(mw);
  });
});

describe("what differs between two configurations of a site", () => {
  it("is nothing for the same one", () => expect(deploymentChanges(EXAMPLE, EXAMPLE)).toEqual([]));

  it("is told by place, with both values", () => {
    const other = firstCohort({ minOffMinutes: 77 });
    expect(deploymentChanges(EXAMPLE, other)).toEqual([
      `plan.cohorts[${FIRST.cohortId}].minOffMinutes: ${FIRST.minOffMinutes} → 77`,
    ]);
  });

  it("names a machine that is gone by its id, and counts what is more than 200 lines", () => {
    const fewer = { ...EXAMPLE, machines: EXAMPLE.machines.slice(1) };
    expect(deploymentChanges(EXAMPLE, fewer).join("\n")).toContain(`machines[${EXAMPLE.machines[0]?.machineId}]`);
    const none = deploymentChanges(EXAMPLE, { ...EXAMPLE, machines: [] });
    expect(none.length).toBe(201);
    expect(none.at(-1)).toMatch(/^and \d+ more$/);
  });
});

describe("a start with a changed file", () => {
  it("runs the configuration in force and says what waits", () => {
    const { deployment, said } = started(firstCohort({ minOffMinutes: 77 }));
    expect(deployment).toEqual(EXAMPLE);
    expect(said.join("\n")).toMatch(/waits for `ballast apply`:\n {2}plan\.cohorts\[.*minOffMinutes: \d+ → 77$/);
  });

  it("locks out at once what the file locks out, and lowers control at once, under a hash of its own", () => {
    const { deployment, said } = started(firstCohort({ lockedOut: true, control: "observe" }));
    expect(deployment.plan.cohorts[0]).toMatchObject({ lockedOut: true, control: "observe" });
    expect(deployment.planHash).toBe(planHashOf(deployment.plan));
    expect(said).toContain(`Acts at once: ${FIRST.cohortId} is locked out`);
  });

  it("does not unlock, raise control or take a new cohort up by itself", () => {
    const locked = firstCohort({ lockedOut: true });
    const dir = mkdtempSync(join(tmpdir(), "ballast-in-force-"));
    const run = {
      temporalAddress: "t",
      namespace: "n",
      appDatabaseUrl: "u",
      clock: { kind: "real" },
      deployments: [locked],
    };
    writeFileSync(join(dir, "run.json"), JSON.stringify(run), { mode: 0o600 });
    const more = withPlan({ cohorts: [...EXAMPLE.plan.cohorts, { ...FIRST, cohortId: "new" }] });
    const deployment = deploymentInForce(dir, more, () => {});
    expect(deployment.plan.cohorts).toEqual(locked.plan.cohorts);
  });

  it("takes the file as it is in a new folder", () => {
    const dir = mkdtempSync(join(tmpdir(), "ballast-in-force-"));
    expect(deploymentInForce(dir, EXAMPLE, () => {})).toBe(EXAMPLE);
  });
});
