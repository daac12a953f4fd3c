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
  /** What those that draw did not draw of their mode's power when last surveyed, all together, W; absent for none. */
  readonly undrawnW?: number;
}

/** Share of its mode's power below which a machine does not draw it yet, or no more. */
const DRAWN_SHARE_MIN = 0.9;

/** A machine's last read-back, and whether that was at the target before; absent where it was never read. */
export type LastRead = { readonly state: MachineReading["state"]; readonly atTarget?: boolean } | undefined;

/**
 * How a cohort was before a dispatch: of each machine in inventory order, in as few spans as tell it, the power of the
 * mode that it leaves and what it is able to. Empty where the decision knew of no able machine. `drawnW` is what each
 * drew at the wall by a survey just before, W; absent where there was none.
 */
export function dispatchBase(
  { before }: CohortTarget,
  machines: readonly LastRead[],
  drawnW?: readonly number[],
): BaseSpan[] {
  const modes = modesBefore(before, machines);
  const spans: (BaseSpan & { to: number; undrawnW?: number })[] = [];
  for (const [place, modeId] of modes.entries()) {
    const machine = machines[place];
    const fromW = before.find((share) => share.modeId === modeId)?.fromW as number;
    const can = {
      canShed: machine !== undefined && canShed(machine),
      canRestore: machine !== undefined && canRestore(machine),
    };
    const last = spans.at(-1);
    const undrawnW = can.canShed ? undrawn(fromW, drawnW?.[place]) : 0;
    if (last?.fromW === fromW && last.canShed === can.canShed && last.canRestore === can.canRestore) {
      last.to = place + 1;
      if (undrawnW > 0) last.undrawnW = undrawnW + (last.undrawnW === undefined ? 0 : last.undrawnW);
    } else spans.push({ from: place, to: place + 1, fromW, ...can, ...(undrawnW > 0 ? { undrawnW } : {}) });
  }
  return spans;
}

function undrawn(fromW: number, drawnW: number | undefined): number {
  return drawnW === undefined || drawnW >= DRAWN_SHARE_MIN * fromW ? 0 : fromW - drawnW;
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
