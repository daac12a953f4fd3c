import { splitText } from "../../src/domain/decision/split.ts";
import type { Setpoint } from "../../src/domain/units/setpoint.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import type { MinerFleet, SimCommand } from "../../src/simulators/miners/model.ts";

/** What the commands of some dispatches really did, counted where they arrived: at the machines. */
export interface Effects {
  readonly machines: number;
  /** Sleep, wakeup and profile commands that arrived, those that changed nothing included. */
  readonly restartCommands: number;
  /** The same command twice at one machine for one revision. */
  readonly doubled: readonly string[];
  /** A command that belongs to no revision newer than, or equal to, the one its machine had already followed. */
  readonly outOfOrder: readonly string[];
  /** Machines that are not where the last revision wants them. */
  readonly wrong: readonly string[];
}

interface Wanted {
  readonly revision: number;
  readonly atMs: number;
  readonly modeId: string;
  /** Restart-type commands that lead there, as in the machines' own log. */
  readonly commands: ReadonlySet<string>;
  readonly asleep: boolean;
  readonly profile: string | undefined;
}

type Numbered = SimCommand & { readonly isNew: boolean };

const RESTARTS = new Set(["curtail", "profileset"]);

/**
 * Judge every machine by its own command log and its true state. A command is taken for the oldest revision it can
 * belong to that is not older than the one before it at the same machine. `restPoints` holds the profile of each
 * machine before anything was commanded; commands before the log's entry `since` are taken into account and not
 * reported.
 */
export function effectsOf(
  fleet: MinerFleet,
  deployment: Deployment,
  decisions: readonly DecisionRecord[],
  restPoints: ReadonlyMap<string, string>,
  since: number,
): Effects {
  const doubled: string[] = [];
  const outOfOrder: string[] = [];
  const wrong: string[] = [];
  const numbered = fleet.commandLog().map((entry, index): Numbered => ({ ...entry, isNew: index >= since }));
  const logs = Map.groupBy(
    numbered.filter(({ command }) => RESTARTS.has(command)),
    ({ machineId }) => machineId,
  );
  let restartCommands = 0;
  for (const { machineId, cohortId } of deployment.machines) {
    const wanted = wantedOf(deployment, decisions, cohortId, restPoints.get(machineId) ?? "default");
    const log = logs.get(machineId) ?? [];
    restartCommands += log.filter(({ isNew }) => isNew).length;
    const judged = judge(machineId, log, wanted);
    doubled.push(...judged.doubled);
    outOfOrder.push(...judged.outOfOrder);
    const last = wanted.at(-1);
    const state = fleet.state(machineId);
    if (
      last &&
      (state.asleep !== last.asleep || (!last.asleep && last.profile !== undefined && state.profile !== last.profile))
    ) {
      wrong.push(
        `${machineId}: ${state.asleep ? "asleep" : `awake at ${state.profile}`}, revision ${last.revision} wants ` +
          `${last.modeId}; its log: ${log.map(textOf).join("; ")}`,
      );
    }
  }
  return { machines: deployment.machines.length, restartCommands, doubled, outOfOrder, wrong };
}

function judge(
  machineId: string,
  log: readonly Numbered[],
  wanted: readonly Wanted[],
): { doubled: string[]; outOfOrder: string[] } {
  const doubled: string[] = [];
  const outOfOrder: string[] = [];
  const seen = new Set<string>();
  let from = 0;
  for (const entry of log) {
    const index = wanted.findIndex(
      (one, i) => i >= from && one.atMs <= entry.atMs && one.commands.has(`${entry.command} ${entry.parameter}`),
    );
    const owner = wanted[index];
    if (!owner) {
      if (entry.isNew)
        outOfOrder.push(
          `${machineId}: ${textOf(entry)} after revision ${wanted[from]?.revision}; its log: ` +
            `${log.map(textOf).join("; ")}`,
        );
      continue;
    }
    from = index;
    const key = `${owner.revision} ${entry.command} ${entry.parameter}`;
    if (entry.isNew && seen.has(key))
      doubled.push(`${machineId}: revision ${key} again; its log: ${log.map(textOf).join("; ")}`);
    seen.add(key);
  }
  return { doubled, outOfOrder };
}

function wantedOf(
  deployment: Deployment,
  decisions: readonly DecisionRecord[],
  cohortId: string,
  restPoint: string,
): Wanted[] {
  const cohort = deployment.plan.cohorts.find((one) => one.cohortId === cohortId);
  return decisions.flatMap(({ dispatch, input }) => {
    const target = dispatch?.targets.find((one) => one.cohortId === cohortId);
    if (!dispatch || !target || !cohort) return [];
    const modeId = splitText(target.split);
    const asleep = modeId === "off";
    const profile = asleep
      ? undefined
      : modeId === cohort.normalModeId
        ? restPoint
        : profileOf(cohort.modes.find((mode) => mode.modeId === modeId)?.setpoint);
    return [
      {
        revision: dispatch.revision,
        atMs: Date.parse(input.asOf),
        modeId,
        asleep,
        profile,
        commands: new Set(asleep ? ["curtail sleep"] : ["curtail wakeup", `profileset ${profile}`]),
      },
    ];
  });
}

function profileOf(setpoint: Setpoint | undefined): string | undefined {
  return setpoint?.kind === "profile" ? setpoint.profile : undefined;
}

function textOf({ atMs, command, parameter, outcome, replied }: SimCommand): string {
  return (
    `${new Date(atMs).toISOString().slice(11, 19)} ${command} ${parameter} ` +
    `${outcome}${replied ? "" : " (no reply)"}`
  );
}
