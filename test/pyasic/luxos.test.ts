import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { oneMiner } from "../simulators/miners/harness.ts";
import { pythonWith } from "../support/pythonPackage.ts";

const SCRIPT = fileURLToPath(new URL("./check_luxos.py", import.meta.url));
/**
 * Market seconds let pass after each control step: less than the 60 s after which pyasic's cached session would be
 * gone.
 */
const SECONDS_AFTER: Readonly<Record<string, number>> = { stopped: 30, started: 55, limited: 40 };
const BUDGET_MS = 420_000; // two installation steps and two probes
const RUN_MS = 90_000;

/** The independent client, pinned: results are known for this version. */
const PYASIC_VERSION = "0.78.10";
let found: Awaited<ReturnType<typeof pythonWith>>;
beforeAll(async () => {
  found = await pythonWith({ name: "pyasic", version: PYASIC_VERSION });
  if ("reason" in found) console.warn(`pyasic proof skipped: ${found.reason}`);
}, BUDGET_MS);

const MODELS = [
  ["S19k Pro", "LUXMinerS19kPro"],
  ["S19j Pro", "LUXMinerS19jPro"],
  ["S21", "LUXMinerS21"],
] as const;

it.for(MODELS)(
  `stock pyasic ${PYASIC_VERSION} recognizes a simulated LuxOS %s, reads it, stops it, sees it asleep, starts ` +
    "and underclocks it",
  { timeout: RUN_MS },
  async ([model, kind], { skip }) => {
    if ("reason" in found) {
      return skip(`pyasic proof skipped: ${found.reason}`);
    }
    const { fleet, clock, machine } = await oneMiner({ model });
    const child = spawn(found.python, [SCRIPT, machine.host], { stdio: ["pipe", "pipe", "pipe"], timeout: 60_000 });
    let complaints = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (complaints += text));
    const exited = new Promise<number | null>((resolve) => void child.once("exit", resolve));
    const told: Record<string, any> = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const facts = JSON.parse(line);
      told[facts.step] = facts;
      const seconds = SECONDS_AFTER[facts.step];
      if (seconds === undefined) continue;
      clock.advance(seconds);
      child.stdin.write("\n");
    }
    const code = await exited;
    await fleet.close();

    const table = fleet.profiles("m0");
    const nominal = (name: string) => table.find((point) => point.name === name)?.watts ?? Number.NaN;
    const limited = table.findLast(({ watts }) => watts <= 2_300)?.name ?? "none";
    expect(code, complaints).toBe(0);
    expect(told["identified"]).toMatchObject({ kind, model, bases: expect.arrayContaining(["LUXMiner"]) });
    expect(told["config"]).toEqual({
      step: "config",
      preset: "default",
      presets: 25,
      pools: ["stratum+tcp://pool.example:3333"],
    });
    expect(Math.abs(told["running"].watts / nominal("default") - 1)).toBeLessThan(0.15);
    expect(told["stopped"].answer).toBe(true);
    expect(told["asleep"]).toMatchObject({ mode: "Sleep" });
    expect(told["asleep"].watts).toBeGreaterThan(20);
    expect(told["asleep"].watts).toBeLessThan(30);
    expect(told["started"].answer).toBe(true);
    expect(told["awake"]).toMatchObject({ mode: "None" });
    expect(told["awake"].watts).toBeGreaterThan(0.7 * nominal("default"));
    expect(told["limited"].answer).toBe(true);
    expect(told["underclocked"].preset).toBe(limited);
    expect(Math.abs(told["underclocked"].watts / nominal(limited) - 1)).toBeLessThan(0.15);
    expect(
      fleet
        .commandLog()
        .filter(({ outcome }) => outcome === "applied")
        .map(({ command, parameter }) => `${command} ${parameter}`.trim()),
    ).toEqual(["logon", "curtail sleep", "curtail wakeup", `profileset ${limited}`]);
  },
);
