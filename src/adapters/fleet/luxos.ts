/**
 * LuxOS (Luxor firmware) over its LUXminer API: TCP 4028, one JSON request and one reply a connection.
 * Vendor document: docs.luxor.tech, LuxOS firmware API; API 3.7. The sleep action is in every release that has
 * `curtail`.
 *
 * - `curtail` answers "command sent" whatever follows: the answer proves nothing, `read` does.
 * - Sleep turns the supply off, survives a reboot, and keeps the profile; the profile is checked after every wake all
 *   the same.
 * - ATM (the vendor's thermal control) may move the profile by itself: the result says when it is on.
 * - `power` is an estimate unless its flag `PSU` is true.
 */
import { z } from "zod";
import { isCleanText } from "../../domain/units/foreignText.ts";
import type { CommandOutcome, Machine, MachineReading, OperatingPoint } from "../../domain/dispatch/model.ts";
import type { RunningSetpoint } from "../../domain/units/setpoint.ts";
import type { DriverKind } from "../../ports/driverKind.ts";
import type { CommandResult, MachineDriver } from "../../ports/fleetControl.ts";
import { eachMachine } from "./eachMachine.ts";
import { at, failureOf, type Link, readTelemetry } from "./luxosLink.ts";
import {
  CommandFailure,
  drawsPower,
  needsWake,
  saysAsleep,
  stateOf,
  type LuxosSection,
  type LuxosTelemetry,
} from "./luxosReplies.ts";
import { inSession, type Write } from "./luxosSession.ts";

const TIMEOUT_MS = 3_000; // the vendor's own tool waits as long
const READ_RETRIES = 1; // refused, closed or cut off; a silent machine is left to the next wave
const BUSY_BUDGET_MS = 5_000; // how long another controller may keep us waiting
const PROFILE_CHARACTERS = 100;

const CAPABILITIES: MachineDriver["capabilities"] = {
  // Power targeting exists on some models only, which the document does not list; percent do not exist.
  takes: ["profile"],
  abandonedControlSeconds: 65, // the session idles out after 60 s
};

export interface LuxosOptions {
  /** Real ms for one exchange, connecting included; default 3,000. */
  readonly timeoutMs?: number;
  /** Further tries of a read that was refused, closed or unreadable; default 1. */
  readonly retries?: number;
  /** Real ms to wait for another controller's session to end; default 5,000. */
  readonly busyBudgetMs?: number;
}

/** Everything that tells whether a machine runs: no sign is believed alone. */
const SECTIONS: readonly LuxosSection[] = ["config", "power", "summary", "devs"];
const READ_SECTIONS: readonly LuxosSection[] = [...SECTIONS, "pools"];
const NO_CONFIG = "answered without a readable config";
const SIGNS_MISSING = "answered, but neither power, supply nor hashrate tells whether it runs";

/** Driver for machines that run LuxOS. Keeps nothing between calls. */
export function createLuxosDriver(options: LuxosOptions = {}): MachineDriver {
  const link = (machine: Machine, signal: AbortSignal): Link => ({
    machine,
    signal,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    retries: options.retries ?? READ_RETRIES,
    busyBudgetMs: options.busyBudgetMs ?? BUSY_BUDGET_MS,
    progress: { writes: 0, notes: [] },
  });
  return {
    driverId: "luxos",
    capabilities: CAPABILITIES,
    setpointProblem,
    read: (machine, readAt, signal) => readMachine(link(machine, signal), readAt),
    apply: (machine, point, signal, mayBeUnderWay = false) => applyPoint(link(machine, signal), point, mayBeUnderWay),
  };
}

async function readMachine(link: Link, readAt: MachineReading["readAt"]): Promise<MachineReading> {
  const { machineId } = link.machine;
  try {
    const told = await readTelemetry(link, READ_SECTIONS);
    const state = stateOf(told);
    return {
      machineId,
      readAt,
      state,
      ...(state === "unknown" && { problem: `${at(link.machine)}: ${told.config ? SIGNS_MISSING : NO_CONFIG}` }),
      powerW: told.power?.Watts,
      setpoint: heldBy(told),
      hashrateThs: told.hashrateThs,
      hasPool: told.hasPool,
    };
  } catch (error) {
    // throws on abort and on anything that is not the machine's doing
    return { machineId, readAt, state: "unknown", problem: failureOf(link, error).message };
  }
}

async function applyPoint(link: Link, point: OperatingPoint, mayBeUnderWay: boolean): Promise<CommandResult> {
  const { progress, machine } = link;
  const result = (outcome: CommandOutcome, ...details: string[]): CommandResult => {
    const detail = [...details, ...progress.notes].join("; ");
    return {
      machineId: machine.machineId,
      outcome,
      setpointBefore: progress.setpointBefore,
      writes: progress.writes,
      ...(detail ? { detail } : {}),
    };
  };
  try {
    const told = await readTelemetry(link, SECTIONS);
    const { config } = told;
    if (!config) throw new CommandFailure("unreachable", `${at(machine)}: ${NO_CONFIG}; nothing was written`);
    if (point.kind === "off") {
      progress.setpointBefore = heldBy(told);
      const isThere = stateOf(told) === "asleep" || (mayBeUnderWay && saysAsleep(told));
      if (isThere) return result("already-there", ...stillDrawing(told));
      await inSession(link, (write) => write("curtail", "sleep"));
      return result("acknowledged");
    }
    const wanted = wantedProfile(point, config.Profile);
    if (wanted !== config.Profile) refuseUnsendable(wanted);
    const wakes = needsWake(told);
    if (!wakes && wanted === config.Profile) return result("already-there");
    progress.setpointBefore = heldBy(told);
    if (config.IsAtmEnabled) progress.notes.push("ATM is on: the miner may move its profile by itself");
    await inSession(link, async (write) => {
      const holds = wakes ? await wake(link, write) : config.Profile;
      if (wanted === undefined || wanted === holds) return;
      refuseUnsendable(wanted);
      await write("profileset", wanted);
    });
    return result("acknowledged");
  } catch (error) {
    const failure = failureOf(link, error);
    return result(failure.outcome, failure.message);
  }
}

function heldBy({ config }: LuxosTelemetry): RunningSetpoint | undefined {
  return config?.Profile === undefined ? undefined : { kind: "profile", profile: config.Profile };
}

/** @throws CommandFailure unsupported for a point that this firmware has no profile for */
function wantedProfile(point: OperatingPoint, holds: string | undefined): string | undefined {
  if (point.kind === "on") return holds;
  if (point.kind === "profile") return point.profile;
  throw new CommandFailure("unsupported", `LuxOS takes profiles, not a set-point in ${point.kind}`);
}

function stillDrawing(told: LuxosTelemetry): string[] {
  return drawsPower(told) ? [`asleep by its own word, still drawing ${told.power?.Watts} W`] : [];
}

/** Wake, then the profile that the miner came back with: not every miner keeps it. */
async function wake(link: Link, write: Write): Promise<string | undefined> {
  await write("curtail", "wakeup");
  try {
    const { config } = await readTelemetry(link, ["config"]);
    if (config) return config.Profile;
  } catch (error) {
    throw new CommandFailure("unknown", `woken, but its profile could not be read: ${failureOf(link, error).message}`);
  }
  throw new CommandFailure("unknown", `${at(link.machine)}: woken, but its profile could not be read`);
}

/**
 * Why a profile cannot be asked for by its name. `profileset` takes a comma-separated list, and also steps (`+1`) and
 * estimates (`2300W`): those are no states, and a retry would move the miner on.
 */
function profileProblem(profile: string): string | undefined {
  if (profile.trim() === "" || profile !== profile.trim() || !isCleanText(profile, PROFILE_CHARACTERS))
    return `it is not a name of 1 to ${PROFILE_CHARACTERS} printable characters`;
  if (profile.includes(",")) return "a comma ends it on the wire";
  if (/^[+-]/.test(profile)) return "it is read as a step from whatever profile the machine holds";
  if (/^\d+(\.\d+)?\s*(THs|kW|W)?$/i.test(profile)) return "it is read as an estimate or a board, not as a name";
  return undefined;
}

function setpointProblem(setpoint: RunningSetpoint): string | undefined {
  return setpoint.kind === "profile" ? profileProblem(setpoint.profile) : undefined;
}

/** @throws CommandFailure unsupported for a profile that cannot be asked for by its name. */
function refuseUnsendable(profile: string | undefined): void {
  const problem = profile === undefined ? undefined : profileProblem(profile);
  if (problem !== undefined)
    throw new CommandFailure("unsupported", `profile "${profile}" cannot be sent: ${problem}; give a name like 490MHz`);
}

const fragment = z
  .strictObject({
    use: z.literal("luxos"),
    port: z.int().min(1).max(65_535).meta({ description: "TCP port of the LUXminer API, 4028 unless moved" }),
  })
  .meta({ description: "LuxOS over its LUXminer API" });

/** LuxOS as the registry lists it. */
export const luxos = {
  use: "luxos",
  title: "LuxOS (Luxor firmware) over its LUXminer API",
  fragment,
  usual: { use: "luxos", port: 4028 },
  port: ({ port }) => port,
  create: () => eachMachine(createLuxosDriver()),
} as const satisfies DriverKind<z.infer<typeof fragment>> & { readonly fragment: typeof fragment };
