import { exchangeOnce, NoReplyError } from "../../../src/adapters/fleet/oneShotTcp.ts";
import type { Machine, MachineReading } from "../../../src/domain/dispatch/model.ts";
import type { CommandResult, FleetDriver, PointOrder } from "../../../src/ports/fleetControl.ts";

const TIMEOUT_MS = 1_000;

type State = "mining" | "starting" | "stopped";
interface Shown {
  readonly state: State;
  readonly watts: number;
  readonly target: number;
}

/** A driver of a fleet controller: hundreds of machines in one exchange, set-points in watts. */
export function createControllerDriver(): FleetDriver {
  return {
    driverId: "controller",
    capabilities: { takes: ["watts"], machinesAtOnce: 400, abandonedControlSeconds: 0 },
    setpointProblem: (setpoint) =>
      setpoint.kind === "watts" && setpoint.watts < 700 ? "its machines run at 700 W or more" : undefined,

    async apply({ machines, point }, signal) {
      const shown = await ask<{ machines: Record<string, Shown> }>(machines, { op: "read" }, signal);
      if (shown instanceof NoReplyError) return machines.map((one) => result(one, "unreachable", 0, shown.message));
      const done = new Map<string, CommandResult>();
      for (const [target, due] of steps(machines, point, shown.machines)) {
        const told = await ask<{ results: Record<string, string> }>(due, { op: "set", target }, signal);
        for (const one of due) {
          const said = told instanceof NoReplyError ? told.message : told.results[one.machineId];
          const outcome = told instanceof NoReplyError ? "unknown" : said === "ok" ? "acknowledged" : "refused";
          const before = shown.machines[one.machineId]?.target as number;
          const last = done.get(one.machineId)?.writes ?? 0;
          done.set(one.machineId, {
            ...result(one, outcome, last + 1, said === "ok" ? undefined : said),
            setpointBefore: { kind: "watts", watts: before },
          });
        }
      }
      return machines.flatMap((one) =>
        shown.machines[one.machineId] === undefined
          ? []
          : (done.get(one.machineId) ?? result(one, "already-there", 0, undefined)),
      );
    },

    async read(machines, readAt, signal) {
      const shown = await ask<{ machines: Record<string, Shown> }>(machines, { op: "read" }, signal);
      const states = { mining: "running", starting: "ramping", stopped: "asleep" } as const;
      return machines.flatMap(({ machineId }): MachineReading[] => {
        if (shown instanceof NoReplyError) return [{ machineId, readAt, state: "unknown", problem: shown.message }];
        const one = shown.machines[machineId];
        if (one === undefined) return [];
        const setpoint = { kind: "watts", watts: one.target } as const;
        return [{ machineId, readAt, state: states[one.state], powerW: one.watts, setpoint }];
      });
    },
  };
}

/** What is to be said to whom: sleep, wake, then watts; nothing to machines that are there. */
function steps(
  machines: readonly Machine[],
  point: PointOrder["point"],
  shown: Readonly<Record<string, Shown>>,
): (readonly ["stop" | "start" | number, readonly Machine[]])[] {
  const those = (wanted: (one: Shown) => boolean): Machine[] =>
    machines.filter(({ machineId }) => shown[machineId] !== undefined && wanted(shown[machineId]));
  const isUp = ({ state }: Shown): boolean => state !== "stopped";
  if (point.kind === "off") return [["stop", those(isUp)] as const].filter(([, due]) => due.length > 0);
  const all = [["start", those((one) => !isUp(one))] as const];
  const watts = point.kind === "watts" ? [[point.watts, those((one) => one.target !== point.watts)] as const] : [];
  return [...all, ...watts].filter(([, due]) => due.length > 0);
}

function result(
  { machineId }: Machine,
  outcome: CommandResult["outcome"],
  writes: number,
  detail: string | undefined,
): CommandResult {
  return { machineId, outcome, writes, ...(detail !== undefined && { detail }) };
}

async function ask<Reply>(
  machines: readonly Machine[],
  request: { op: "read" | "set"; target?: "stop" | "start" | number },
  signal: AbortSignal,
): Promise<Reply | NoReplyError> {
  const [{ host, port }] = machines as [Machine];
  const line = JSON.stringify({ ...request, ids: machines.map(({ machineId }) => machineId) });
  try {
    return JSON.parse(await exchangeOnce(host, port, `${line}\n`, TIMEOUT_MS, signal)) as Reply;
  } catch (error) {
    if (error instanceof NoReplyError) return error;
    throw error;
  }
}
