import { canRestore, canShed } from "./canFollow.ts";
import { machineModes } from "./machineModes.ts";
import type { CohortTarget, MachineReading, MachineSpan } from "./model.ts";

/** Machines of a cohort before anything moved, alike in what they drew and can do. */
export interface BaseSpan extends MachineSpan {
  /** Wall power of one machine in the mode it was in, W. */
  readonly fromW: number;
  /** Whether each could shed, and bring load back, by its last read-back. */
  readonly canShed: boolean;
  readonly canRestore: boolean;
}

/** A machine's last read-back, and whether that was at the target before; absent where it was never read. */
export type LastRead = { readonly state: MachineReading["state"]; readonly atTarget?: boolean } | undefined;

/**
 * How a cohort was before a dispatch: of each machine in inventory order, in as few spans as tell it, the power of the
 * mode that it leaves and what it is able to. Empty where the decision knew of no able machine.
 */
export function dispatchBase({ before }: CohortTarget, machines: readonly LastRead[]): BaseSpan[] {
  const modes = modesBefore(before, machines);
  const spans: { from: number; to: number; fromW: number; canShed: boolean; canRestore: boolean }[] = [];
  for (const [place, modeId] of modes.entries()) {
    const machine = machines[place];
    const fromW = before.find((share) => share.modeId === modeId)?.fromW as number;
    const can = {
      canShed: machine !== undefined && canShed(machine),
      canRestore: machine !== undefined && canRestore(machine),
    };
    const last = spans.at(-1);
    if (last?.fromW === fromW && last.canShed === can.canShed && last.canRestore === can.canRestore)
      last.to = place + 1;
    else spans.push({ from: place, to: place + 1, fromW, ...can });
  }
  return spans;
}

/** The machines that draw are those of the higher mode, where as many draw as are in it. */
function modesBefore(before: CohortTarget["before"], machines: readonly LastRead[]): string[] {
  const awake = machines.map((machine) => machine !== undefined && canShed(machine));
  const inHigher = before.slice(1).reduce((sum, share) => sum + share.machines, 0);
  const isAsRead = awake.filter(Boolean).length === inHigher;
  return machineModes(before, isAsRead ? awake : machines.map((machine) => isAble(machine)));
}

/** Whether a machine would run if it were told to: it draws, or sleeps and was not seen to stay asleep when called. */
export function isAble(machine: LastRead): boolean {
  return machine !== undefined && (canShed(machine) || (machine.state === "asleep" && machine.atTarget !== false));
}
