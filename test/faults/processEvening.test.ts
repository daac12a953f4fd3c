import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { freeNet } from "../app/smallSite.ts";
import { type Evening, evening, type EveningRun } from "./supportEvening.ts";
import { chances } from "./supportKill.ts";

const SEED = 20_260_818;
const MACHINES_PER_COHORT = 6;
const RECOVERY_WITHIN_MS = 90_000;
const MINUTES = 60_000;
/** Market seconds per real second of the disturbed day: the calm one goes as fast as it can. */
const DISTURBED_SPEED = 4_800;

/** Central daylight time of the demo's day. */
const cdt = (time: string): number => Date.parse(`2026-08-18T${time}:00-05:00`);

/**
 * The demo's day twice, side by side: left alone and as fast as it goes, and at another speed with PostgreSQL,
 * Temporal, the worker, and at last everything at once killed with SIGKILL in the evening. The clock stands while
 * something is down, so nothing may differ. `npm run bench -- speeds` compares speeds alone, with faulty machines.
 */
describe("the demo evening at another speed, with its processes killed one after the other", () => {
  let calm: Evening;
  let disturbed: Evening;

  beforeAll(async () => {
    const net = await freeNet(2);
    [calm, disturbed] = await Promise.all([
      evening(net, MACHINES_PER_COHORT),
      evening(net + 1, MACHINES_PER_COHORT, { speed: DISTURBED_SPEED, disturb: killAll }),
    ]);
    for (const line of [
      ...disturbed.killed,
      ...disturbed.progress.filter((one) => /Starting it again|is back|left over/.test(one)),
    ])
      console.log(line);
  }, 10 * MINUTES);

  it("kills PostgreSQL and Temporal amid commands, the worker and then everything while the meter is waited for", () => {
    expect(disturbed.killed.map((line) => line.split(" ")[0])).toEqual([
      "postgres",
      "temporal",
      "worker",
      "everything",
    ]);
  });

  it("takes the same decisions, record for record", () => {
    expect(disturbed.result.decisions.length).toBe(calm.result.decisions.length);
    expect(disturbed.result.decisions).toEqual(calm.result.decisions);
  });

  it("commands every machine the same at the same market time, nothing lost, nothing twice", () => {
    expect(calm.commands.length).toBeGreaterThan(100);
    expect(disturbed.commands).toEqual(calm.commands);
  });

  it("takes the desk's order up at the same market time, under its actor and reason", () => {
    const taken = ({ result }: Evening): unknown[] =>
      result.decisions.flatMap(({ input }) =>
        input.facts.orders.map(({ actor, reason, until }) => [input.asOf, actor, reason, until]),
      );
    expect(taken(calm)[0]).toEqual([
      "2026-08-19T02:25:00.000Z",
      "maria.desk",
      "breaker inspection in row 2",
      "2026-08-19T02:40:00.000Z",
    ]);
    expect(taken(disturbed)).toEqual(taken(calm));
  });

  it("leaves every machine in the same state", () => {
    expect([...disturbed.machines]).toEqual([...calm.machines]);
  });

  it("meters the same kWh and settles the same money, to the last 10⁻⁸", () => {
    expect(disturbed.result.first.inputHash).toBe(calm.result.first.inputHash);
    expect(disturbed.result.settlement.inputHash).toBe(calm.result.settlement.inputHash);
    expect(disturbed.result.settlement).toEqual(calm.result.settlement);
  });

  it("issues three statements of the same bytes", () => {
    const bytes = ({ result }: Evening): string[][] =>
      result.statements.map(({ text, csv, intervalsCsv }) => [text, csv, intervalsCsv]);
    expect(disturbed.result.statements.map(({ statement }) => statement.clientId)).toEqual([
      "bluestem",
      "caprock",
      "mesquite",
    ]);
    expect(bytes(disturbed)).toEqual(bytes(calm));
  });

  it("passes the auditor, every layer with something to check", () => {
    expect(disturbed.result.audit.flatMap(({ findings }) => findings)).toEqual([]);
    expect(disturbed.result.audit.filter(({ checked }) => checked === 0)).toEqual([]);
  });
});

async function killAll(run: EveningRun): Promise<string[]> {
  const chance = chances(SEED);
  const killed: string[] = [];
  const note = (what: string): void =>
    void killed.push(
      `${what} killed at ${new Date(run.world.keeper.nowMs() - 5 * 60 * MINUTES).toISOString().slice(11, 19)} ` +
        `CDT, ${run.world.fleet.commandLog().length} entries in the machines' logs`,
    );
  const between = (from: string, to: string): number => cdt(from) + chance() * (cdt(to) - cdt(from));

  await amidCommands(run, between("15:40", "16:00"), 1 + Math.floor(chance() * 40));
  note("postgres");
  run.kill("postgres");
  await recovered(run);
  await amidCommands(run, between("16:15", "17:00"), 1 + Math.floor(chance() * 12));
  note("temporal");
  run.kill("temporal");
  await recovered(run);
  await whileTheMeterIsWaitedFor(run, between("17:20", "18:00"), chance() * 60);
  note("worker");
  run.kill("worker");
  await recovered(run);
  await whileTheMeterIsWaitedFor(run, between("18:30", "21:15"), chance() * 60);
  note("everything");
  await run.killEverything();
  await recovered(run);
  return killed;
}

/** After so many more entries in the machines' logs from a market time on. */
async function amidCommands(run: EveningRun, fromMs: number, entries: number): Promise<void> {
  await marketTime(run, fromMs);
  const base = run.world.fleet.commandLog().length;
  await spinUntil(run, "commands", () => run.world.fleet.commandLog().length - base >= entries);
}

/**
 * Some milliseconds into a dispatch's wait for the meter: no write session is open then. A session that its owner's
 * death leaves open keeps a machine from being commanded for a minute of market time, which is more than a process: the
 * worker kills look at that.
 */
async function whileTheMeterIsWaitedFor(run: EveningRun, fromMs: number, delayMs: number): Promise<void> {
  await marketTime(run, fromMs);
  await spinUntil(run, "a dispatch that waits for the meter", () =>
    run.world.keeper.status().waiters.some(({ key }) => key.startsWith("dispatch/")),
  );
  await delay(delayMs);
}

async function recovered(run: EveningRun): Promise<void> {
  await marketTime(run, run.world.keeper.nowMs() + 3 * MINUTES, RECOVERY_WITHIN_MS);
}

async function marketTime(run: EveningRun, atMs: number, withinMs = 4 * MINUTES): Promise<void> {
  const until = Date.now() + withinMs;
  while (run.world.keeper.nowMs() < atMs) {
    if (Date.now() > until)
      throw new Error(`market time did not reach ${new Date(atMs).toISOString()} within ${withinMs / 1000} s`);
    await delay(2);
  }
}

async function spinUntil(run: EveningRun, what: string, condition: () => boolean): Promise<void> {
  const until = Date.now() + RECOVERY_WITHIN_MS;
  while (!condition()) {
    if (Date.now() > until) throw new Error(`no ${what} from ${new Date(run.world.keeper.nowMs()).toISOString()} on`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
