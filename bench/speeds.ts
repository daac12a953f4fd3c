import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { DEMO_DAY, demoPrices, demoScript, DEMO_SEED } from "../src/app/session/demoDay.ts";
import { type MarketSession, marketSession } from "../src/app/session/marketSession.ts";
import { freeNet, smallSite } from "../test/app/smallSite.ts";
import { type Bench, countOption } from "./support/bench.ts";
import { peaksMb } from "./support/machine.ts";

/** The demo's evening, order and faults included, as fast as it goes and at a set speed: nothing may differ. */
export const speeds: Bench = {
  name: "speeds",
  summary: "the demo evening at two speeds: decisions, money and statement bytes that differ",
  options: (command) =>
    command
      .option("--speed <n>", "market seconds per real second of the second evening", "2400")
      .option("--machines <n>", "machines of each cohort", "12"),
  async run(options, { dataDir, say }) {
    const speed = countOption(options, "speed");
    const machinesPerCohort = countOption(options, "machines");
    const net = await freeNet();
    const evening = async (name: string, at: number | null): Promise<{ session: MarketSession; seconds: number }> => {
      say(`The evening ${name} ...`);
      const from = performance.now();
      const session = await marketSession({
        dataDir: join(dataDir, name),
        day: DEMO_DAY,
        seed: DEMO_SEED,
        speed: at,
        print: () => undefined,
        deployment: smallSite({ day: DEMO_DAY, net, machinesPerCohort }),
        prices: demoPrices(),
        script: demoScript,
      });
      return { session, seconds: (performance.now() - from) / 1000 };
    };
    const fast = await evening("as-fast-as-it-goes", null);
    const slow = await evening("paced", speed);
    const figures = {
      decisions: fast.session.decisions.length,
      decisionsThatDiffer: differing(fast.session.decisions, slow.session.decisions),
      settledIntervalsThatDiffer: differing(
        fast.session.settlement.input.intervals,
        slow.session.settlement.input.intervals,
      ),
      resultsThatDiffer: Number(
        !isDeepStrictEqual(fast.session.settlement.result, slow.session.settlement.result) ||
          fast.session.settlement.inputHash !== slow.session.settlement.inputHash,
      ),
      statementsThatDiffer: differing(statementsOf(fast.session), statementsOf(slow.session)),
      auditFindings: [fast, slow].flatMap(({ session }) => session.verdict.layers.flatMap(({ findings }) => findings))
        .length,
      fastSeconds: fast.seconds,
      pacedSeconds: slow.seconds,
    };
    return {
      inputSize: `the demo's day with ${machinesPerCohort} machines of each cohort`,
      seed: DEMO_SEED,
      figures,
      peakMemoryMb: peaksMb({ bench: process.pid }),
      tables: [
        {
          title: "The demo evening at two speeds",
          columns: ["", "that differ"],
          rows: [
            ["decisions", String(figures.decisionsThatDiffer)],
            ["settled intervals", String(figures.settledIntervalsThatDiffer)],
            ["settled results", String(figures.resultsThatDiffer)],
            ["statements, by their bytes", String(figures.statementsThatDiffer)],
          ],
        },
      ],
      goals: (
        [
          "decisionsThatDiffer",
          "settledIntervalsThatDiffer",
          "resultsThatDiffer",
          "statementsThatDiffer",
          "auditFindings",
        ] as const
      ).map((figure) => ({ figure, what: figure, limit: 0, sense: "max" as const })),
      notes: [
        "The seconds are from the first server's start to the auditor's verdict, of which start and audit are part.",
      ],
    };
  },
};

function statementsOf({ statements }: MarketSession): string[][] {
  return statements.map(({ text, csv, intervalsCsv }) => [text, csv, intervalsCsv]);
}

/** Entries that are not the same in both lists, or are in one alone. */
function differing(one: readonly unknown[], other: readonly unknown[]): number {
  const length = Math.max(one.length, other.length);
  return Array.from({ length }, (_, i) => i).filter((i) => !isDeepStrictEqual(one[i], other[i])).length;
}
