import { demoCommand, sessionSpeed } from "../../src/app/commands/demo.ts";
import { replayDayCommand } from "../../src/app/commands/replayDay.ts";
import { siteSummary, siteSummaryText } from "../../src/app/status/siteSummary.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { errorText } from "../../src/app/commandError.ts";
import { helpParagraphs } from "../../src/app/helpText.ts";
import { COMMANDS } from "../../src/app/commands/index.ts";
import { commandOf, programFor } from "../../src/app/commands/program.ts";
import { fitText } from "../../src/app/wrapText.ts";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/local/places.mjs";
import { ballast, type CliResult, EXAMPLE_SITE } from "./cliSupport.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-cli-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the example site with one change, beside which its market file is found. */
function changedSite(name: string, from: string, to: string): string {
  const text = readFileSync(EXAMPLE_SITE, "utf8").replace(
    "market: market/ercot.yaml",
    `market: ${join(EXAMPLE_SITE, "..", "market", "ercot.yaml")}`,
  );
  expect(text).toContain(from);
  const file = join(folder, name);
  writeFileSync(file, text.replace(from, to));
  return file;
}

describe("help", () => {
  it("lists every command, each with an example", async () => {
    const { code, stdout } = await ballast(["--help"]);
    expect(code).toBe(0);
    const examples = stdout.slice(stdout.indexOf("Examples:"));
    for (const command of Object.keys(COMMANDS)) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
      expect(examples).toContain(`ballast ${command} `);
    }
  });

  it.each(["demo", "operator"])("of %s shows examples of it", async (command) => {
    const { code, stdout } = await ballast([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Examples?:\n +ballast /m);
    expect(stdout).toContain(`Usage: ballast ${command}`);
  });

  it("fits a terminal of 80 columns, every command's", async () => {
    const { commands } = await programFor(undefined);
    expect(commands.length).toBeGreaterThan(15);
    const lines = commands.flatMap((command) => {
      let text = "";
      command.configureOutput({ getOutHelpWidth: () => 80, writeOut: (part) => (text += helpParagraphs(part)) });
      command.outputHelp();
      expect(text).toContain(`Usage: ballast ${command.name()}`);
      return fitText(text, 80).split("\n");
    });
    expect(lines.filter((line) => line.length > 80 && !line.includes(projectRoot))).toEqual([]);
  });

  it("tells of a mistyped command which one was meant, with exit code 2", async () => {
    const { code, stdout, stderr } = await ballast(["staus"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^ballast: unknown command 'staus'\n\(Did you mean status\?\)/);
  });

  it("is the same without a command as of help, at 80 columns too", async () => {
    const [bare, help] = [await ballast([], { COLUMNS: "80" }), await ballast(["help"], { COLUMNS: "80" })];
    expect(bare.stderr.trimEnd()).toBe(help.stdout.trimEnd());
    expect(help.stdout).toContain("type bin/ballast");
  });

  it("names a missing option, with exit code 2 and no stack trace", async () => {
    const { code, stderr } = await ballast(["order", "--all", "--action", "curtail", "--until", "+5m"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ballast: required option '--reason <text>' not specified/);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe("ballast check", () => {
  it("tells how the lines of a group stand, and which key names a hashprice file that is not there", async () => {
    for (const [from, to] of [
      ["  siteId: pecan-draw", "\tsiteId: pecan-draw"],
      ["  poolFee: 0.01", "   poolFee: 0.01"],
    ] as const)
      expect((await ballast(["check", changedSite("indent.yaml", from, to)])).stdout).toContain(
        "(expected valid YAML: no tabs, and the keys of one group in one column)",
      );
    const file = changedSite(
      "no-hashprice.yaml",
      'use: hashprice/constant, usdPerPhDay: "39.00"',
      "use: hashprice/file, path: hashprice.csv",
    );
    const { code, stderr } = await ballast(["check", file]);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /hashprice\.csv: cannot be read \(ENOENT\); expected the CSV that its path names/,
    );
  });

  it.each(["RN", "PUN", "PCCRN", "LCCRN", "LZ_DC", "LZ_DCEW"])(
    "takes a site at a point of type %s, and says that the dashboard does not cross-check it",
    (type) => {
      const file = changedSite(
        `${type}.yaml`,
        "settlementPoint: HB_WEST\n  settlementPointType: HU",
        `settlementPoint: PECAN_ONE\n  settlementPointType: ${type}`,
      );
      const summary = siteSummary(file, "2026-08-18");
      expect(summary.feeds.map(({ use }) => use)).not.toContain("ercot/system-wide-prices");
      expect(siteSummaryText(summary)).toContain("settlement prices of PECAN_ONE are not cross-checked");
      expect([...feedsOf(loadDeployment(file, "2026-08-18")).keys()]).toEqual(
        expect.arrayContaining([`settlement-price/PECAN_ONE/${type}`, `price-corrections/PECAN_ONE/${type}`]),
      );
    },
  );

  it("sums the example site up: strikes at its hashprice, contracts in force on the day, feeds; without color when it is no terminal", async () => {
    const { code, stdout } = await ballast(["check", EXAMPLE_SITE, "--on", "2026-08-18"]);
    expect(code).toBe(0);
    // S21: 200 TH/s for 3500 - 25 W at the wall · 1.02; 39 $/PH/day, 1 % pool fee; 5.23 $/MWh of avoidable adders. The
    // distances to the strike are 25 % and 10 % of the gross value.
    const gross = (0.2 * 39 * 0.99) / 24 / ((3475 * 1.02) / 1e6);
    const strike = gross - 5.23;
    expect([strike, strike + 0.25 * gross, strike - 0.1 * gross].map((usd) => usd.toFixed(2))).toEqual([
      "85.54",
      "108.24",
      "76.47",
    ]);
    expect(stdout).toMatch(/^caprock-s21 +caprock +S21 +80 +285\.6 kW$/m);
    expect(stdout).toMatch(/^caprock-s21 +off → normal +85\.54 +108\.24 +76\.47$/m);
    expect(stdout).toMatch(/^mesquite .* mesquite-2024 v2 +2026-07-01 to open$/m);
    expect(stdout).toMatch(/^mesquite +energy +0\.0695 \$\/kWh$/m);
    expect(stdout).toContain("ercot/np6-788 https://www.ercot.com");
    expect(stdout).not.toContain("\u001b[");
  });

  it("fits 100 columns in a file and 80 where COLUMNS says so, with its findings", async () => {
    const broken = changedSite("wide.yaml", "offFactor: 1.25", "offFactor: 0.25");
    const wide = await ballast(["check", EXAMPLE_SITE, "--on", "2026-08-18"], { COLUMNS: undefined });
    const findings = await ballast(["check", broken], { COLUMNS: "80" });
    const missing = await ballast(["check", "no-such-site.yaml"], { COLUMNS: "80" });
    expect([wide.code, findings.code, missing.code]).toEqual([0, 1, 2]);
    const tooWide = ({ stdout, stderr }: CliResult, columns: number): string[] =>
      `${stdout}${stderr}`.split("\n").filter((line) => line.length > columns && !line.includes("/"));
    expect([...tooWide(wide, 100), ...tooWide(findings, 80), ...tooWide(missing, 80)]).toEqual([]);
  });

  it("takes the contract version of another day: amendment 1 is not in force before July 2026", async () => {
    const { stdout } = await ballast(["check", EXAMPLE_SITE, "--on", "2026-06-30", "--json"]);
    const { ok, site } = JSON.parse(stdout) as {
      ok: boolean;
      site: { clients: { clientId: string; inForce?: { version: number } }[] };
    };
    expect(ok).toBe(true);
    expect(site.clients.find((client) => client.clientId === "mesquite")?.inForce?.version).toBe(1);
  });

  it("prints a wrong value with file, line, column, key and what was expected, and ends with 1", async () => {
    const file = changedSite("pool-fee.yaml", "poolFee: 0.01", "poolFee: 1.5");
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("poolFee: 1.5")) + 1;
    const { code, stdout, stderr } = await ballast(["check", file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${file}:${line}:12 site\\.poolFee: .+ \\(expected .+\\)\n$`));
    expect(stderr).toBe(`ballast: 1 problem in ${file}\n`);
  });

  it("prints what is hardly meant beside the summary, and takes it for a problem when told to be strict", async () => {
    const file = changedSite("misspelt-hub.yaml", "settlementPoint: HB_WEST", "settlementPoint: HB_WETS");
    const plain = await ballast(["check", file, "--on", "2026-08-18"]);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(
      /^ok {2}[\s\S]+\nwarning {2}.+ site\.settlementPoint: is HB_WETS, .+HB_WEST, if that is meant\)\n$/,
    );
    const strict = await ballast(["check", file, "--on", "2026-08-18", "--strict"]);
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^\S+ site\.settlementPoint: is HB_WETS/);
  });

  it("warns of machines whose contract is not in force on the day", async () => {
    const { code, stdout } = await ballast(["check", EXAMPLE_SITE, "--on", "2023-12-31", "--json"]);
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: { key: string; message: string }[] };
    expect(warnings.map(({ key, message }) => `${key}: ${message}`)).toContain(
      'clients[2].contracts: client "caprock" has machines and no contract in force on 2023-12-31: ' +
        "that day could not be billed",
    );
  });

  it("refuses a key it does not know, and prints the problem as JSON on request", async () => {
    const file = changedSite("unknown-key.yaml", "poolFee: 0.01", "poolFee: 0.01\n  poolFees: 0.02");
    const { code, stdout } = await ballast(["check", file, "--json"]);
    expect(code).toBe(1);
    const { ok, problems } = JSON.parse(stdout) as {
      ok: boolean;
      problems: { file: string; line: number; key: string; message: string }[];
    };
    expect(ok).toBe(false);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file, key: "site.poolFees" });
  });

  it("ends with 2 when there is no such file", async () => {
    const { code, stdout, stderr } = await ballast(["check", join(folder, "nothing.yaml")]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^ballast: .*nothing\.yaml cannot be read \(ENOENT\); expected a site's configuration/);
  });
});

describe("color", () => {
  it.each([
    ["is left out when the output is no terminal", {}, false],
    ["is left out in a CI, whose log is no terminal", { CI: "true" }, false],
    ["can be asked for", { FORCE_COLOR: "1" }, true],
  ])("%s", async (_title, env: Record<string, string>, colored) => {
    const { stdout } = await ballast(["check", EXAMPLE_SITE], { CI: undefined, ...env });
    expect(stdout.includes("\u001b[")).toBe(colored);
  });
});

describe("an error", () => {
  it.each([
    ["has no stack trace", {}, [], false],
    ["has one with --debug", {}, ["--debug"], true],
    ["has one with BALLAST_DEBUG", { BALLAST_DEBUG: "1" }, [], true],
  ])("%s", async (_title, env: Record<string, string>, args, traced) => {
    const { code, stderr } = await ballast(["check", join(folder, "nothing.yaml"), ...args], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ballast: /);
    expect(/^ +at /m.test(stderr)).toBe(traced);
  });
});

describe("where nothing runs", () => {
  it.each([
    ["status", ["status"]],
    ["order", ["order", "--all", "--action", "curtail", "--until", "+5m", "--reason", "test"]],
    ["release", ["release", "some-order", "--reason", "test"]],
  ])("%s says so and how to start a stack, with exit code 4", async (_command, args) => {
    const { code, stdout, stderr } = await ballast([...args, "--run", folder]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(/^ballast: no stack runs in .*; start one with `npm run demo`/);
  });

  it("the data folder comes from BALLAST_RUN_DIR when --run is not given", async () => {
    const { stderr } = await ballast(["status"], { BALLAST_RUN_DIR: folder });
    expect(stderr).toContain(`no stack runs in ${folder}`);
  });
});

describe("--speed of demo and replay-day", () => {
  it.each([
    [demoCommand, ["--speed", "max"], null],
    [demoCommand, ["--speed", "600"], 600],
    [demoCommand, [], 120],
    [replayDayCommand, ["--speed", "max"], null],
    [replayDayCommand, ["--speed", "0.5"], 0.5],
    [replayDayCommand, [], null],
  ] as const)("%o with %j runs at the speed %j, null being as fast as it goes", (command, args, speed) => {
    const parsed = commandOf(command);
    parsed.parseOptions([...args]);
    expect(sessionSpeed((parsed.opts() as { speed: number }).speed)).toBe(speed);
  });
});

describe("ballast replay-day, before any server starts", () => {
  const HEADS = {
    lmp: "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
    spp: "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
  };
  const hours = Array.from({ length: 24 }, (_, i) => i);
  const quarters = hours.flatMap((hour) => [1, 2, 3, 4].map((interval) => [hour + 1, interval] as const));

  async function replayDay(change: (spp: string[]) => void, more: readonly string[] = []) {
    const lmp = [HEADS.lmp, ...hours.map((hour) => `08/20/2024 ${String(hour).padStart(2, "0")}:00:11,N,LZ_WEST,21.5`)];
    const spp = [HEADS.spp, ...quarters.map(([hour, quarter]) => `08/20/2024,${hour},${quarter},LZ_WEST,LZ,21.50,N`)];
    change(spp);
    const [lmpPath, sppPath] = [join(folder, "lmp.csv"), join(folder, "spp.csv")];
    writeFileSync(lmpPath, lmp.join("\n"));
    writeFileSync(sppPath, spp.join("\n"));
    const files = ["--lmp", lmpPath, "--spp", sppPath, "--point", "LZ_WEST", "--day", "2024-08-20"];
    return ballast(["replay-day", ...files, "--data", join(folder, "replay"), ...more]);
  }

  it.each<[string, (spp: string[]) => void, string[], RegExp]>([
    ["a gap", (spp) => spp.splice(40, 2), [], /^ballast: 2 intervals without settlement price of LZ_WEST \(LZ\) in/],
    ["two prices", (spp) => spp.push("08/20/2024,1,1,LZ_WEST,LZ,9.99,N"), [], /spp\.csv:98: .*expected 21\.50 as in /],
    ["a hub's type", () => {}, ["--point-type", "HU"], /^ballast: 96 intervals without .*LZ_WEST \(HU\).*-type LZ\n$/],
    ["another shape", (spp) => spp.splice(0, 1, "a,b"), [], /spp\.csv:1: expected a column DeliveryDate/],
    ["no configuration", () => {}, ["--config", "/nowhere.yaml"], /nowhere\.yaml/],
  ])("ends with 2 for %s, saying so in a line", async (_what, change, more, said) => {
    const { code, stdout, stderr } = await replayDay(change, more);
    expect(stderr).toMatch(said);
    expect([code, stdout]).toEqual([2, ""]);
    expect(existsSync(join(folder, "replay"))).toBe(false);
  });
});

describe("what went wrong in a workflow", () => {
  it("is told in the words of the rule that refused, not in Temporal's", () => {
    const named = (name: string, message: string, cause?: Error) =>
      Object.assign(new Error(message, { cause }), { name });
    const rule = named("ApplicationFailure", "2 intervals without settlement price of LZ_WEST (LZ)");
    const failed = named("WorkflowFailedError", "Workflow execution failed", named("ActivityFailure", "failed", rule));
    expect(errorText(failed, false)).toMatch(/^ballast: 2 intervals without settlement price of LZ_WEST \(LZ\)\n/);
  });
});

describe("ballast audit", () => {
  it("ends with 2 and what was expected when the folder is no bundle", async () => {
    const { code, stdout, stderr } = await ballast(["audit", folder]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^ballast: bundle .*: cannot read manifest\.json \(ENOENT\)/);
  });

  it("ends with 2 when the head is no hash", async () => {
    const { code, stderr } = await ballast(["audit", folder, "--head", "abc"]);
    expect(code).toBe(2);
    expect(stderr).toBe('ballast: --head: expected 64 hex digits of a SHA-256, got "abc"\n');
  });
});
