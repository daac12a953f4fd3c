import { wholeSplit } from "../../src/domain/decision/split.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import type { DecisionRecord, SitePlan } from "../../src/domain/decision/model.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { Bench } from "./marketBench.ts";

/** A timeline on which every cohort runs from `from` on. */
export async function runAllDay(bench: Bench, { plan }: Deployment, from: Instant): Promise<void> {
  const record = {
    schema: "ballast.decision/2",
    siteId: plan.siteId,
    sequence: 1,
    input: { asOf: from, inputIds: [] },
    previousHash: "genesis",
  } as unknown as DecisionRecord;
  await bench.decisions.record(
    record,
    { workflowId: "none", runId: "none" },
    plan.cohorts.map((cohort) => {
      const powerW = Math.round(
        (cohort.modes.find(({ modeId }) => modeId === cohort.normalModeId)?.powerW as number) * plan.pue,
      );
      return {
        cohortId: cohort.cohortId,
        clientId: cohort.clientId,
        sequence: 1,
        at: from,
        split: wholeSplit(cohort.normalModeId, cohort.machines),
        reason: "economic" as const,
        curtailed: [],
        ableToRun: cohort.machines,
        normalPowerW: powerW,
        modePowerW: powerW,
      };
    }),
  );
}

/**
 * Registers of every meter at the boundaries of a day: `wattsOf` gives what flows through a meter from a boundary to
 * the next.
 */
export async function keepRegisters(
  bench: Bench,
  deployment: Deployment,
  boundaries: readonly Instant[],
  wattsOf: (meterId: string, from: Instant) => number,
): Promise<void> {
  const registers = new Map(deployment.meters.map(({ meterId }) => [meterId, 184_000_000_000n]));
  for (const boundary of boundaries) {
    await bench.registers.save(
      deployment.plan.siteId,
      boundary,
      [...registers].map(([meterId, registerWh]) => ({
        meterId,
        readAt: addSeconds(boundary, 0),
        registerWh,
        powerKw: wattsOf(meterId, boundary) / 1000,
        quality: "metered" as const,
      })),
    );
    for (const [meterId, registerWh] of registers)
      registers.set(meterId, registerWh + BigInt(Math.round(wattsOf(meterId, boundary) / 4)));
  }
}

/**
 * A timeline on which every cohort runs but from `from` to `to`, when the price has it off; the watts through each
 * meter that go with it.
 */
export async function curtailedAllHour(
  bench: Bench,
  deployment: Deployment,
  from: Instant,
  to: Instant,
): Promise<(meterId: string, at: Instant) => number> {
  const { plan } = deployment;
  const wattsIn = (cohort: SitePlan["cohorts"][number], modeId: string): number =>
    Math.round((cohort.modes.find((mode) => mode.modeId === modeId)?.powerW as number) * plan.pue);
  const belowNormal = (cohort: SitePlan["cohorts"][number], modeId: string) => {
    const belowNormalW = cohort.machines * (wattsIn(cohort, cohort.normalModeId) - wattsIn(cohort, modeId));
    return belowNormalW > 0 ? [{ reason: "economic" as const, belowNormalW }] : [];
  };
  const changes = [
    [addSeconds(from, -86_400), undefined],
    [from, "off"],
    [to, undefined],
  ] as const;
  for (const [index, [at, mode]] of changes.entries()) {
    const sequence = index + 1;
    const record = {
      schema: "ballast.decision/2",
      siteId: plan.siteId,
      sequence,
      input: { asOf: at, inputIds: [] },
      previousHash: "genesis",
    } as unknown as DecisionRecord;
    await bench.decisions.record(
      record,
      { workflowId: "none", runId: "none" },
      plan.cohorts.map((cohort) => ({
        cohortId: cohort.cohortId,
        clientId: cohort.clientId,
        sequence,
        at,
        split: wholeSplit(mode ?? cohort.normalModeId, cohort.machines),
        reason: "economic" as const,
        curtailed: belowNormal(cohort, mode ?? cohort.normalModeId),
        ableToRun: cohort.machines,
        normalPowerW: wattsIn(cohort, cohort.normalModeId),
      })),
    );
  }
  return (meterId, at) => {
    const { clientId } = deployment.meters.find((meter) => meter.meterId === meterId) ?? {};
    const isOff = at >= from && at < to;
    return plan.cohorts
      .filter((cohort) => clientId === undefined || cohort.clientId === clientId)
      .reduce((sum, cohort) => sum + cohort.machines * wattsIn(cohort, isOff ? "off" : cohort.normalModeId), 0);
  };
}
