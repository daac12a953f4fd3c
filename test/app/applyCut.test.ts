import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  postgresConfigurationOutcomes,
  whileApplyingAlone,
} from "../../src/adapters/postgres/configurationOutcomes.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { beginApply, concludeApply } from "../../src/app/system/begunApply.ts";
import { deploymentInForce } from "../../src/app/system/deploymentInForce.ts";
import { loadDeployment, planHashOf } from "../../src/app/worker/loadDeployment.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { type TestDatabase, testDatabase } from "../support/stack.ts";
import { siteAccepts } from "./applyCutSite.ts";

const OLD = loadDeployment("config/example-site.yaml", "2026-08-18");
const { siteId } = OLD.plan;
const NEW = changed(77);
const OTHER = changed(78);
const AT = "2026-08-18T22:05:11.000Z" as never;
const CHILD = fileURLToPath(new URL("./applyCutChild.ts", import.meta.url));

let database: TestDatabase;
let pool: Pool;
let scratch: string;
beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.appUrl as string, 8);
  scratch = mkdtempSync(join(tmpdir(), "ballast-apply-"));
  writeFileSync(join(scratch, "candidate.json"), JSON.stringify(NEW));
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  rmSync(scratch, { recursive: true, force: true });
});

function changed(minOffMinutes: number): Deployment {
  const cohorts = OLD.plan.cohorts.map((one, i) => (i === 0 ? { ...one, minOffMinutes } : one));
  const plan = { ...OLD.plan, cohorts };
  return { ...OLD, plan, planHash: planHashOf(plan) };
}

/** A data folder whose site runs the old configuration. */
function folder(): string {
  const dir = mkdtempSync(join(scratch, "data-"));
  const run = {
    temporalAddress: "t",
    namespace: "n",
    appDatabaseUrl: "u",
    clock: { kind: "real" },
    deployments: [OLD],
  };
  writeFileSync(join(dir, "run.json"), JSON.stringify(run), { mode: 0o600 });
  writeFileSync(join(dir, "worker.json"), JSON.stringify({ deployments: [OLD], namespace: "n" }), { mode: 0o600 });
  return dir;
}

/** An apply of the new configuration, killed before its n-th step: what it had said until then. */
async function cut(dir: string, requestId: string, killBefore: number): Promise<{ said: string; killed: boolean }> {
  const args = [dir, database.appUrl as string, join(scratch, "candidate.json"), requestId, String(killBefore)];
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const signal = await new Promise((resolve) => child.once("close", (_, name) => resolve(name)));
  return { said, killed: signal === "SIGKILL" };
}

/** What a start in the folder runs when the file is the new one, and what it says. */
async function started(dir: string): Promise<{ planHash: string; said: string[] }> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  await concludeApply(dir, [siteId], postgresConfigurationOutcomes(pool), say);
  return { planHash: deploymentInForce(dir, NEW, say).planHash, said };
}

const accepts = (dir: string, requestId: string, deployment = NEW) =>
  siteAccepts(pool, join(dir, "worker.json"), requestId, deployment).then(
    () => true,
    (error: Error) => error.message,
  );

function expectSettled(dir: string, planHash: string): void {
  const hashOf = (file: string) =>
    (JSON.parse(readFileSync(join(dir, file), "utf8")) as { deployments: Deployment[] }).deployments[0]?.planHash;
  expect([hashOf("run.json"), hashOf("worker.json")]).toEqual([planHash, planHash]);
  expect(existsSync(join(dir, "applying.json"))).toBe(false);
  expect(
    readdirSync(dir)
      .filter((name) => /^(run|worker)\.json$/.test(name))
      .map((name) => statSync(join(dir, name)).mode & 0o777),
  ).toEqual([0o600, 0o600]);
}

describe("an apply that is killed", () => {
  // 2 before worker.json, 3 before it is sent, 4 before the site answers, 5 once the site has
  // accepted, 6 before run.json, 7 before applying.json goes
  it.each([2, 3, 4, 5, 6, 7])("before its step %i: the next start runs what the site has accepted", async (n) => {
    const dir = folder();
    const requestId = `configure/cut-${n}`;
    const { said, killed } = await cut(dir, requestId, n);
    expect(killed).toBe(true);
    expect(said).toBe(n <= 3 ? "" : "sent\n");
    // What was sent is on its way, whoever sent it is dead.
    const isAccepted = n > 3 && (await accepts(dir, requestId)) === true;
    expect(isAccepted).toBe(n > 3);
    const expected = isAccepted ? NEW.planHash : OLD.planHash;
    const start = await started(dir);
    expect(start.planHash).toBe(expected);
    expectSettled(dir, expected);
    if (n === 3) expect(start.said[0]).toMatch(/was begun and not accepted: .*run `ballast apply` again$/);
    if (n === 5) expect(start.said[0]).toMatch(/by maria at .* was accepted by the site: it is in force$/);
    // And so does every start after it, and the lock is free.
    expect((await started(dir)).planHash).toBe(expected);
    expect(await whileApplyingAlone(pool, async () => "free")).toBe("free");
  });

  it("before the site answers: once a start has given it up, the site refuses it, however late it takes it up", async () => {
    const dir = folder();
    beginApply(dir, { requestId: "configure/late", actor: "maria", at: AT, deployment: NEW });
    expect((await started(dir)).planHash).toBe(OLD.planHash);
    writeFileSync(join(dir, "worker.json"), JSON.stringify({ deployments: [NEW] }));
    expect(await accepts(dir, "configure/late")).toMatch(/^Order refused: this configuration was given up/);
  });
});

describe("an apply that is not cut off", () => {
  it("runs alone: a second one meanwhile is told so, and one after it is not", async () => {
    const end = Promise.withResolvers<void>();
    const first = whileApplyingAlone(pool, () => end.promise);
    await expect.poll(() => whileApplyingAlone(pool, async () => "alone")).toBe("busy");
    end.resolve();
    await first;
    expect(await whileApplyingAlone(pool, async () => "alone")).toBe("alone");
  });

  it("finds the one before it accepted and unrecorded: records that first, and its own differs from that", async () => {
    const dir = folder();
    beginApply(dir, { requestId: "configure/first", actor: "maria", at: AT, deployment: NEW });
    expect(await accepts(dir, "configure/first")).toBe(true);
    await started(dir);
    beginApply(dir, { requestId: "configure/second", actor: "li", at: AT, deployment: OTHER });
    expect(await accepts(dir, "configure/first")).toMatch(/not yet with/);
    expect(await accepts(dir, "configure/second", OTHER)).toBe(true);
    const { said, planHash } = await started(dir);
    expect(planHash).toBe(OTHER.planHash);
    expect(said.join("\n")).toContain("minOffMinutes: 78 → 77");
  });
});

describe("a start on a folder whose applying.json", () => {
  const intact = { requestId: "configure/x", actor: "maria", at: AT, deployment: NEW };
  const foreign = { ...NEW, plan: { ...NEW.plan, siteId: "elsewhere" } };
  it.each<[string, string, number, RegExp]>([
    ["is torn", JSON.stringify(intact).slice(0, 900), 0o600, /it is not whole/],
    ["is empty", "", 0o600, /it is not whole/],
    ["is of another site", JSON.stringify({ ...intact, deployment: foreign }), 0o600, /it is of site elsewhere/],
    [
      "was changed since",
      JSON.stringify({ ...intact, deployment: { ...NEW, planHash: "0" } }),
      0o600,
      /not that of its hash/,
    ],
    ["anybody could have written", JSON.stringify(intact), 0o666, /is open to others/],
    [
      "lacks the meters",
      JSON.stringify({ ...intact, deployment: { ...NEW, meters: undefined } }),
      0o600,
      /no whole config/,
    ],
  ])("%s runs what was in force, and says so", async (_, text, mode, why) => {
    const dir = folder();
    writeFileSync(join(dir, "applying.json"), text);
    chmodSync(join(dir, "applying.json"), mode);
    const { planHash, said } = await started(dir);
    expect(planHash).toBe(OLD.planHash);
    expect(said[0]).toMatch(why);
    expect(existsSync(join(dir, "applying.json"))).toBe(false);
    expect(existsSync(join(dir, "applying.json.unusable"))).toBe(true);
  });

  it("is torn, after the site had accepted it, says that the site goes by another plan", async () => {
    const dir = folder();
    beginApply(dir, { requestId: "configure/torn", actor: "maria", at: AT, deployment: NEW });
    expect(await accepts(dir, "configure/torn")).toBe(true);
    writeFileSync(join(dir, "applying.json"), "{");
    expect((await started(dir)).said[1]).toBe(
      `Site ${siteId} has accepted plan ${NEW.planHash}, which is not what runs: run \`ballast apply\` again`,
    );
  });
});
