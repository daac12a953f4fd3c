import { freeNet } from "../test/app/smallSite.ts";
import { killRounds, type KillOutcome, ROW_TITLES, rowOf } from "../test/faults/supportKill.ts";
import { type Bench, countOption } from "./support/bench.ts";
import { peaksMb } from "./support/machine.ts";

const MACHINES_PER_COHORT = 15;
/** Rounds on one system before a new one is started. */
const ROUNDS_A_SYSTEM = 5;

/** The worker killed with SIGKILL inside a dispatch, seed by seed. */
export const workerKills: Bench = {
  name: "worker-kills",
  summary:
    "kill the worker inside a dispatch, seed by seed: commands lost, doubled or out of order, machines in the " +
    "wrong state",
  options: (command) => command.option("--seeds <n>", "kills", "20").option("--first-seed <n>", "the first seed", "1"),
  async run(options, { say }) {
    const seeds = countOption(options, "seeds");
    const firstSeed = countOption(options, "firstSeed");
    const outcomes: KillOutcome[] = [];
    for (let from = 0; from < seeds; from += ROUNDS_A_SYSTEM) {
      const some = Array.from({ length: Math.min(ROUNDS_A_SYSTEM, seeds - from) }, (_, i) => firstSeed + from + i);
      outcomes.push(
        ...(await killRounds(await freeNet(), MACHINES_PER_COHORT, some, (outcome) => {
          say(rowOf(outcome).join(" | "));
          for (const finding of [
            ...outcome.doubled,
            ...outcome.outOfOrder,
            ...outcome.wrong,
            ...(outcome.verdict === "confirmed" ? [] : [outcome.verdictSentence]),
          ])
            say(`  ${finding}`);
        })),
      );
    }
    const total = (of: (outcome: KillOutcome) => number): number => outcomes.reduce((sum, one) => sum + of(one), 0);
    const figures = {
      kills: outcomes.length,
      killsBeforeTheVerdict: outcomes.filter((one) => one.beforeVerdict).length,
      doubledCommands: total((one) => one.doubled.length),
      commandsOutOfOrder: total((one) => one.outOfOrder.length),
      machinesInTheWrongState: total((one) => one.wrong.length),
      verdictsNotConfirmed: outcomes.filter((one) => one.verdict !== "confirmed").length,
      longestRecoverySeconds: Math.max(...outcomes.map((one) => one.recoverySeconds)),
    };
    return {
      inputSize: `${seeds} kills, ${MACHINES_PER_COHORT * 3} machines`,
      seed: firstSeed,
      figures,
      peakMemoryMb: peaksMb({ bench: process.pid }),
      tables: [{ title: "Worker killed inside a dispatch", columns: ROW_TITLES, rows: outcomes.map(rowOf) }],
      goals: (
        ["doubledCommands", "commandsOutOfOrder", "machinesInTheWrongState", "verdictsNotConfirmed"] as const
      ).map((figure) => ({ figure, what: figure, limit: 0, sense: "max" as const })),
      notes: [
        "Commands are counted in the machines' own log and end states are their true ones. 15 to 20 s of each " +
          "recovery are the time after which the server takes an activity for dead.",
      ],
    };
  },
};
