import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeNet } from "../test/app/smallSite.ts";
import { caseOf, type Desk, DESK_HOLD, type KillOutcome, killRound, ROW_TITLES, rowOf } from "../test/faults/supportKill.ts";
import { goTo, killSite, startRig, steppedPrices } from "../test/faults/supportSystem.ts";
import { type Bench, countOption } from "./support/bench.ts";

const MACHINES_PER_COHORT = 15;
/** At 75 $/MWh one cohort is off, one underclocked, one runs. */
const USD_PER_MWH = 75;
/** Rounds on one system before a new one is started. */
const ROUNDS_A_SYSTEM = 5;

/** The worker killed with SIGKILL inside a dispatch, seed by seed. */
export const workerKills: Bench = {
  name: "worker-kills",
  summary: "kill the worker inside a dispatch, seed by seed: commands lost, doubled or out of order, machines in the wrong state",
  options: (command) => command.option("--seeds <n>", "kills", "20").option("--first-seed <n>", "the first seed", "1"),
  async run(options, { say }) {
    const seeds = countOption(options, "seeds");
    const firstSeed = countOption(options, "firstSeed");
    const outcomes: KillOutcome[] = [];
    for (let from = 0; from < seeds; from += ROUNDS_A_SYSTEM) {
      await onOneSystem(firstSeed + from, Math.min(ROUNDS_A_SYSTEM, seeds - from), (outcome) => {
        outcomes.push(outcome);
        say(rowOf(outcome).join(" | "));
        for (const finding of [...outcome.doubled, ...outcome.outOfOrder, ...outcome.wrong]) say(`  ${finding}`);
      });
    }
    const total = (of: (outcome: KillOutcome) => number): number => outcomes.reduce((sum, one) => sum + of(one), 0);
    const figures = {
      kills: outcomes.length,
      killsBeforeTheVerdict: outcomes.filter((one) => one.beforeVerdict).length,
      doubledCommands: total((one) => one.doubled.length),
      commandsOutOfOrder: total((one) => one.outOfOrder.length),
      machinesInTheWrongState: total((one) => one.wrong.length),
      longestRecoverySeconds: Math.max(...outcomes.map((one) => one.recoverySeconds)),
    };
    return {
      inputSize: `${seeds} kills, ${MACHINES_PER_COHORT * 3} machines`, seed: firstSeed, figures, peakMemoryMb: {},
      tables: [{ title: "Worker killed inside a dispatch", columns: ROW_TITLES, rows: outcomes.map(rowOf) }],
      goals: (["doubledCommands", "commandsOutOfOrder", "machinesInTheWrongState"] as const).map((figure) => ({ figure, what: figure, limit: 0, sense: "max" as const })),
      notes: ["Commands are counted in the machines' own log and end states are their true ones. Half a minute of each recovery is the time after which the server takes an activity for dead."],
    };
  },
};

async function onOneSystem(firstSeed: number, rounds: number, hear: (outcome: KillOutcome) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-kills-"));
  const deployment = killSite(await freeNet(), MACHINES_PER_COHORT);
  const restPoints = restPointsOf(deployment.machines.filter(({ cohortId }) => cohortId === "bluestem-s19k").map(({ machineId }) => machineId));
  const rig = await startRig({ deployment, startAt: "2026-08-18T15:00:00Z", prices: steppedPrices(folder, USD_PER_MWH), seed: firstSeed, holds: [DESK_HOLD], profiles: restPoints });
  try {
    await goTo(rig, "2026-08-18T15:14:00Z", DESK_HOLD);
    const desk: Desk = { count: 0 };
    for (let i = 0; i < rounds; i++) hear(await killRound(rig, desk, caseOf(firstSeed + i, rig, desk), restPoints));
  } finally {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every third machine is tuned a step above or below the factory point: a restore must bring it back there. */
export function restPointsOf(machineIds: readonly string[]): ReadonlyMap<string, string> {
  return new Map(machineIds.flatMap((machineId, i) => (i % 3 === 0 ? [[machineId, i % 2 === 0 ? "565MHz" : "615MHz"] as const] : [])));
}
