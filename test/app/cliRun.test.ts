import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitText } from "../../src/domain/decision/split.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import type { FeedBoard } from "../../src/readModels/feedBoard.ts";
import type { SiteNow } from "../../src/readModels/siteNow.ts";
import { exportBundle } from "../../src/app/evidence/evidenceBundle.ts";
import type { LocalRun } from "../../src/app/session/localRun.ts";
import { addOperator } from "../../src/app/operator/operatorKeyFile.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { BundleManifest } from "../../src/domain/evidence/model.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
import { powerCuts } from "../support/powerCuts.ts";
import { at, ballast, type CliResult, DAY, letTimePass, NEXT_DAY, startBallast, startSmallRun } from "./cliSupport.ts";

const MACHINES = 21;

let run: LocalRun;
let stopped = false;
let dataDir: string;
let desk: string;
let orderId: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "ballast-cli-run-"));
  run = await startSmallRun(dataDir);
  desk = addOperator({ dataDir, actor: "maria", roles: ["desk"], keyFile: join(dataDir, "maria.key") }).keyFile;
  addOperator({ dataDir, actor: "wallboard", roles: ["viewer"], keyFile: join(dataDir, "wallboard.key") });
}, 120_000);

afterAll(async () => {
  if (run !== undefined && !stopped) await run.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 30_000);

function order(args: readonly string[], keyFile = desk): Promise<CliResult> {
  return ballast(["order", "--run", dataDir, "--key-file", keyFile, ...args]);
}

async function status(): Promise<SiteNow> {
  const { code, stdout, stderr } = await ballast(["status", "--json", "--run", dataDir]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n")).toHaveLength(2);
  return JSON.parse(stdout) as SiteNow;
}

async function feeds(): Promise<FeedBoard> {
  const { stdout, stderr } = await ballast(["feeds", "--json", "--run", dataDir]);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as FeedBoard;
}

async function lastDecision(): Promise<DecisionRecord> {
  const [row] = await query<{ record: DecisionRecord }>(
    run.pool,
    "SELECT record FROM decision ORDER BY sequence DESC LIMIT 1",
  );
  return (row as { record: DecisionRecord }).record;
}

async function machinesIn(state: string): Promise<number> {
  const [row] = await query<{ count: string }>(run.pool, "SELECT count(*) FROM machine_state WHERE state = $1", [
    state,
  ]);
  return Number(row?.count);
}

/** Names under which the market clock is held. */
async function clockHolds(): Promise<string[]> {
  return ((await (await fetch(`${run.addresses.clockUrl}/clock`)).json()) as { holds: string[] }).holds;
}

const curtail = ["--all", "--action", "curtail", "--until", "+45m", "--reason", "line work"];

describe("a site of 21 machines at 23:36:30, price below every strike", () => {
  it("has feeds that speak, each with the document that it read last", async () => {
    const { feeds: shown, at: shownAt, silentOfRecord } = await feeds();
    expect(shownAt).toBe(at("23:36:30"));
    expect(silentOfRecord).toEqual([]);
    const sced = shown.find(({ use }) => use === "ercot/np6-788");
    expect(sced).toMatchObject({ state: "fresh", schemaChanges: [], lastDocument: { source: "mis/12300" } });
  });

  it("is shown as it is: every cohort on, its breakeven, the price of the running interval, the meter near what is commanded", async () => {
    const now = await status();
    expect(now.at).toBe(at("23:36:30"));
    expect(now.price?.intervalKey).toBe("2026-08-18/24/3");
    expect(now.price?.fixedShare).toBeCloseTo(390 / 900);
    expect(now.cohorts.map(({ split, reason, ableToRun }) => [split && splitText(split), reason, ableToRun])).toEqual(
      Array(3).fill(["normal", "economic", 7]),
    );
    for (const { strikes } of now.cohorts)
      for (const step of strikes)
        expect(step.strikeUsdPerMwh).toBeGreaterThan(now.price?.expectedUsdPerMwh ?? Number.NaN);
    // 7 × (3068 + 2794 + 3500) W · 1.02 at the wall; the simulated machines differ from nameplate by some per cent
    expect(now.power.commandedKw).toBeCloseTo(66.84, 1);
    expect(now.power.meteredKw).toBeGreaterThan(60);
    expect(now.grid).toMatchObject({ level: "normal", assumed: false });
    expect(now).toMatchObject({ orders: [], silentFeeds: [], stragglers: 0 });
    expect(now.feeds.map((feed) => feed.feedId)).toEqual([
      "actual-load",
      "as-capacity",
      "day-ahead-corrections/HB_WEST",
      "day-ahead-mcpc",
      "day-ahead-price/HB_WEST",
      "grid-condition",
      "grid-notices",
      "hashprice/constant/39.00",
      "load-forecast",
      "price-corrections/HB_WEST/HU",
      "rtd-adders",
      "rtd-path/HB_WEST/HU",
      "sced-adders",
      "sced-lmp/HB_WEST",
      "sced-mcpc",
      "settlement-mcpc",
      "settlement-price/HB_WEST/HU",
      "settlement-price/HB_WEST/HU/dashboard",
      "supply-demand",
      "system-demand",
    ]);
  });

  it.each([
    [
      "whose end is past",
      ["--all", "--action", "curtail", "--until", "2026-08-18T23:00-05:00", "--reason", "late"],
      /Order refused: the order ends at 2026-08-19T04:00:00\.000Z, which is not after now/,
    ],
    [
      "with a blank reason",
      ["--all", "--action", "curtail", "--until", "+10m", "--reason", " "],
      /Order refused: an order needs a reason/,
    ],
    [
      "of a cohort that the site does not have",
      ["--cohort", "caprock-s21", "hall-9", "--action", "curtail", "--until", "+10m", "--reason", "heat"],
      /Order refused: the site has no cohort "hall-9"/,
    ],
  ])("refuses an order %s with exit code 1, decides nothing and lets the clock go", async (_what, args, why) => {
    const before = (await lastDecision()).sequence;
    const { code, stdout, stderr } = await order(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(why);
    expect(stderr).not.toMatch(/^ +at /m);
    expect((await lastDecision()).sequence).toBe(before);
    expect(await clockHolds()).toEqual(["~test"]);
  });

  it("refuses an order with a key it does not know, and one of somebody who may only look, with exit code 3", async () => {
    const stranger = join(dataDir, "stranger.key");
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(stranger, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const unknown = await order(curtail, stranger);
    expect([unknown.code, unknown.stdout]).toEqual([3, ""]);
    expect(unknown.stderr).toMatch(/is not known to the run/);
    const viewer = await order(curtail, join(dataDir, "wallboard.key"));
    expect([viewer.code, viewer.stderr]).toEqual([
      3,
      "ballast: wallboard may not order: that takes the role desk, and the key has viewer; ask an operator of the desk\n",
    ]);
    expect((await status()).orders).toEqual([]);
  });
});

describe("maria's order to curtail everything for 45 minutes", () => {
  it("is answered with the decision that takes it up, which names her and her reason", async () => {
    const { code, stdout, stderr } = await order([...curtail, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const answer = JSON.parse(stdout) as {
      orderId: string;
      actor: string;
      at: string;
      until: string;
      sequence: number;
      sentence: string;
    };
    orderId = answer.orderId;
    expect(answer).toMatchObject({ actor: "maria", at: at("23:36:30"), until: addSeconds(at("23:36:30"), 2700) });
    const { sequence, input, output } = await lastDecision();
    expect(answer.sequence).toBe(sequence);
    expect(answer.sentence).toBe(output.sentence);
    expect(input.asOf).toBe(at("23:36:30"));
    expect(input.facts.orders).toMatchObject([{ orderId, actor: "maria", reason: "line work", action: "curtail" }]);
    expect(output.cohorts.map(({ split, reason }) => [splitText(split), reason])).toEqual(
      Array(3).fill(["off", "operator-order"]),
    );
  });

  it("is one order, however often it is sent at one market instant", async () => {
    const { sequence } = await lastDecision();
    const again = await order([...curtail, "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ orderId, sequence });
    expect((await lastDecision()).sequence).toBe(sequence);
  });

  it("puts every machine to sleep, and the site meter shows it", async () => {
    await letTimePass(run, at("23:47:00"));
    expect(await machinesIn("asleep")).toBe(MACHINES);
    const now = await status();
    expect(now.verdict).toMatchObject({ revision: 1, outcome: "confirmed" });
    // The newest look at the meter, also one between two interval boundaries.
    const sinceBoundaryMs = Date.parse(String(now.power.meteredAt)) - Date.parse(at("23:45:00"));
    expect(sinceBoundaryMs).toBeGreaterThan(0);
    expect(sinceBoundaryMs).toBeLessThanOrEqual(120_000);
    expect(now.power.meteredKw).toBeLessThan(5);
    expect(now.revisionUnderWay).toBeUndefined();
  });

  it("stands in the status, with who ordered, why, and how long it lasts", async () => {
    const { stdout } = await ballast(["status", "--run", dataDir]);
    expect(stdout).toMatch(
      new RegExp(
        `^order +${orderId} curtail all cohorts until 2026-08-19 00:21:30 \\(34 min left\\), by maria: line work$`,
        "m",
      ),
    );
    expect(stdout).toMatch(/^caprock-s21 +caprock +off +23:36:30 .* operator-order$/m);
    expect(stdout).toMatch(/^why caprock-s21: S21 to stay off: order .* of maria to curtail: line work\.$/m);
    expect(stdout).not.toContain("\u001b[");
  });

  it("cannot be released by somebody who may only look, nor under another name than its own", async () => {
    const release = (id: string, keyFile: string): Promise<CliResult> =>
      ballast(["release", id, "--reason", "done", "--run", dataDir, "--key-file", keyFile]);
    expect((await release(orderId, join(dataDir, "wallboard.key"))).code).toBe(3);
    const other = await release("no-such-order", desk);
    expect([other.code, other.stderr]).toEqual([
      1,
      'ballast: Order refused: there is no order "no-such-order" in force.\n',
    ]);
    expect((await status()).orders).toHaveLength(1);
  });

  it("ends when she releases it: the machines run again and the meter is back", async () => {
    const { code, stdout } = await ballast([
      "release",
      orderId,
      "--reason",
      "finished early",
      "--run",
      dataDir,
      "--key-file",
      desk,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /released at 2026-08-18 23:47:00 Central\ndecision \d+: .* orders \d+ of \d+ machines to normal.*; nothing below normal;/,
    );
    expect(stdout).toMatch(/^ {2}caprock-s21: S21 to go to normal: expected settlement price .*\.$/m);
    expect(stdout).toMatch(/^ {2}The site looks again at .* Central \(in .*\), sooner if something comes\.$/m);
    expect(stdout).toContain("What machines acknowledge, are read back at and the meter shows is not known yet.");
    await letTimePass(run, at("00:06:00", NEXT_DAY));
    expect(await machinesIn("running")).toBe(MACHINES);
    const now = await status();
    expect(now.orders).toEqual([]);
    expect(now.verdict).toMatchObject({ revision: 2, outcome: "confirmed" });
    expect(now.power.meteredKw).toBeGreaterThan(60);
    expect(await clockHolds()).toEqual(["~test"]);
  });
});

describe("machines that did not follow", () => {
  it("are listed with host, wanted mode, state, since when and why; without any the list says so", async () => {
    const none = await ballast(["status", "--stragglers", "--run", dataDir]);
    expect(none.stdout).toMatch(/^No stragglers: no machine waits for a person\./);
    await query(
      run.pool,
      `INSERT INTO straggler (site_id, machine_id, revision, mode_id, state, last_outcome, since)
       VALUES ('pecan-draw', 'caprock-s21-0003', 2, 'normal', 'asleep', 'unreachable', $1)`,
      [at("23:50:00")],
    );
    await query(
      run.pool,
      `UPDATE machine_state SET problem = 'no answer within 3000 ms'
       WHERE site_id = 'pecan-draw' AND machine_id = 'caprock-s21-0003'`,
      [],
    );
    const { stdout } = await ballast(["status", "--stragglers", "--run", dataDir]);
    const { host, port } = run.deployment.machines.find((machine) => machine.machineId === "caprock-s21-0003") ?? {};
    expect(stdout.split("\n")[0]).toMatch(/^machine +host +cohort +wanted +state +last outcome +since +revision +why$/);
    expect(stdout.split("\n")[1]).toMatch(
      new RegExp(
        `^caprock-s21-0003 +${host}:${port} +caprock-s21 +normal +running +unreachable +2026-08-18 23:50:00 ` +
          `\\(16 min\\) +2 +no answer within 3000 ms$`,
      ),
    );
    expect((await status()).stragglers).toBe(1);
  });
});

describe("money that maria asks for by hand, six minutes after the day has ended", () => {
  const ask = (...words: string[]): Promise<CliResult> => ballast([...words, "--run", dataDir, "--key-file", desk]);

  it("a day that goes on is not settled; the one that has ended is, once", async () => {
    const early = await ask("settle", NEXT_DAY);
    expect([early.code, early.stderr]).toEqual([2, `ballast: ${NEXT_DAY} has not ended: it is ${NEXT_DAY} Central\n`]);
    const settled = async (): Promise<unknown[]> =>
      query(run.pool, "SELECT operating_day::text, version FROM settlement_version", []);
    for (let times = 0; times < 2; times++) {
      const asked = await ask("settle", DAY);
      expect([asked.code, asked.stdout]).toEqual([
        0,
        `pecan-draw ${DAY}: asked. See what is refused with: ballast status --run ${dataDir}\n`,
      ]);
      await expect.poll(settled, { timeout: 20_000 }).toEqual([{ operating_day: DAY, version: 1 }]);
    }
  });

  it("a statement of a day with open items is refused; why, and the command that tries again, stand in the status", async () => {
    const period = `${DAY}..${DAY}`;
    const { code, stderr } = await ask("issue", "mesquite-2024", period);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`cannot be issued: .*${DAY}`));
    const { refusals } = JSON.parse((await ballast(["status", "--json", "--run", dataDir])).stdout) as SiteNow;
    expect(refusals).toMatchObject([
      { subject: `statement mesquite-2024 ${period}`, again: `ballast issue mesquite-2024 ${period}` },
    ]);
  });
});

describe("the audit of the evening's bundle", () => {
  let manifest: BundleManifest;

  it("is whole on disk when it is said to be written: a power cut takes none of it", async () => {
    using power = powerCuts();
    manifest = await exportBundle(join(dataDir, "bundle"), run.pool, run.deployment, at("23:59:59"));
    expect(power.lostOf(join(dataDir, "bundle"))).toEqual([]);
  });

  it("holds, and fails with the layer of the first mismatch once one digit of a history is another", async () => {
    const bundle = join(dataDir, "bundle");
    const { headChainHash, runs } = manifest;
    const good = await ballast(["audit", bundle, "--head", headChainHash]);
    expect([good.code, good.stdout]).toEqual([
      0,
      expect.stringContaining("Verdict: everything that was checked follows from the inputs."),
    ]);
    expect(good.stderr).toBe("1 of 1 runs checked\n");

    const forged = join(dataDir, "forged");
    cpSync(bundle, forged, { recursive: true });
    const file = join(forged, runs[0]?.file ?? "");
    const history = readFileSync(file, "utf8");
    const changed = history.replace(/"eventTime": ?"2/, (text) => `${text.slice(0, -1)}3`);
    expect(changed === history).toBe(false);
    writeFileSync(file, changed);
    const bad = await ballast(["audit", forged, "--json"]);
    expect(bad.code).toBe(1);
    expect((JSON.parse(bad.stdout) as { ok: boolean }).ok).toBe(false);
    expect(bad.stderr).toMatch(
      /ballast: the bundle does not hold; first mismatch in layer integrity, .*digest: expected [0-9a-f]{64}, found [0-9a-f]{64}\n$/,
    );
  });
});

describe("ballast status --watch", () => {
  it("shows the site again and again, one JSON object a line, until it is interrupted", async () => {
    const child = startBallast(["status", "--watch", "--every", "0.1", "--json", "--run", dataDir]);
    const seen: SiteNow[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      seen.push(JSON.parse(line) as SiteNow);
      if (seen.length === 3) break;
    }
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
    expect(seen.map((now) => now.at)).toEqual(Array(3).fill(at("00:06:00", NEXT_DAY)));
  });
});

describe("an order that nobody answers, since no worker runs", () => {
  it("can be interrupted: exit code 130, and the market clock is let go", async () => {
    await run.worker.stop();
    const child = startBallast(["order", ...curtail, "--run", dataDir, "--key-file", desk]);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    await expect.poll(clockHolds, { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^operator\/maria\//));
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(stderr).toMatch(/^ballast: interrupted before the site had answered/);
    expect(await clockHolds()).toEqual(["~test"]);
  });
});

describe("a run that has ended", () => {
  it("is told from one that runs, with exit code 4", async () => {
    stopped = true;
    await run.stop();
    for (const command of [["status"], ["backup", join(dataDir, "backup-of-none")]]) {
      const { code, stdout, stderr } = await ballast([...command, "--run", dataDir]);
      expect([code, stdout]).toEqual([4, ""]);
      expect(stderr).toMatch(/^ballast: no stack runs in .*: its servers do not answer/);
    }
  });
});
