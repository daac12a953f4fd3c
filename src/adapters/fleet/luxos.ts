/**
 * LuxOS (Luxor firmware) over its LUXminer API: TCP 4028, one JSON request and one reply a connection.
 * Vendor document: docs.luxor.tech, LuxOS firmware API; API 3.7. The sleep action is in every release that has
 * `curtail`.
 *
 * - One write session for the whole miner, 60 s idle, renewed by use. Code 402: somebody else writes. A session is
 *   never taken over
 *   and never killed: this driver waits a little and then says busy.
 * - `curtail` answers "command sent" whatever follows: the answer proves nothing, `read` does.
 * - Sleep turns the supply off, survives a reboot, and keeps the profile; the profile is checked after every wake all
 *   the same.
 * - ATM (the vendor's thermal control) may move the profile by itself: the result says when it is on.
 * - `power` is an estimate unless its flag `PSU` is true.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isCleanText } from "../../domain/units/foreignText.ts";
import type { CommandOutcome, Machine, MachineReading, OperatingPoint } from "../../domain/dispatch/model.ts";
import type { CommandResult, DriverCapabilities, FleetDriver } from "../../ports/fleetControl.ts";
import {
  CommandFailure,
  drawsPower,
  needsWake,
  parseReply,
  parseSessionId,
  parseTelemetry,
  refuseErrors,
  saysAsleep,
  SessionLostError,
  stateOf,
  UnreadableReplyError,
  type LuxosReply,
  type LuxosSection,
  type LuxosTelemetry,
} from "./luxosReplies.ts";
import { exchangeOnce, NoReplyError } from "./oneShotTcp.ts";

const TIMEOUT_MS = 3_000; // the vendor's own tool waits as long
const LOGOFF_TIMEOUT_MS = 1_000; // an unanswered logoff costs nothing but the 60 s until the session expires
const READ_RETRIES = 1; // refused, closed or cut off; a silent machine is left to the next wave
const READ_RETRY_DELAY_MS = 200;
const BUSY_BUDGET_MS = 5_000; // how long another controller may keep us waiting
const BUSY_POLL_MS = 500;
const PROFILE_CHARACTERS = 100;

const CAPABILITIES: DriverCapabilities = {
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
const NO_CONFIG = "answered without a readable config";
const SIGNS_MISSING = "answered, but neither power, supply nor hashrate tells whether it runs";

/** What one `apply` has done so far. */
interface Progress {
  writes: number;
  profileBefore?: string;
  readonly notes: string[];
}
interface Link {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly busyBudgetMs: number;
  readonly progress: Progress;
}

/** Driver for machines that run LuxOS. Keeps nothing between calls. */
export function createLuxosDriver(options: LuxosOptions = {}): FleetDriver {
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
    profileProblem,
    read: (machine, readAt, signal) => readMachine(link(machine, signal), readAt),
    apply: (machine, point, signal, mayBeUnderWay = false) => applyPoint(link(machine, signal), point, mayBeUnderWay),
  };
}

async function readMachine(link: Link, readAt: MachineReading["readAt"]): Promise<MachineReading> {
  const { machineId } = link.machine;
  try {
    const told = await readTelemetry(link, SECTIONS);
    const state = stateOf(told);
    return {
      machineId,
      readAt,
      state,
      ...(state === "unknown" && { problem: `${at(link.machine)}: ${told.config ? SIGNS_MISSING : NO_CONFIG}` }),
      powerW: told.power?.Watts,
      powerMeasured: told.power?.PSU,
      profile: told.config?.Profile,
      hashrateThs: told.hashrateThs,
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
      profileBefore: progress.profileBefore,
      writes: progress.writes,
      ...(detail ? { detail } : {}),
    };
  };
  try {
    const told = await readTelemetry(link, SECTIONS);
    const { config } = told;
    if (!config) throw new CommandFailure("unreachable", `${at(machine)}: ${NO_CONFIG}; nothing was written`);
    if (point.kind === "off") {
      progress.profileBefore = config.Profile;
      const isThere = stateOf(told) === "asleep" || (mayBeUnderWay && saysAsleep(told));
      if (isThere) return result("already-there", ...stillDrawing(told));
      await inSession(link, (write) => write("curtail", "sleep"));
      return result("acknowledged");
    }
    const wanted = point.profile ?? config.Profile;
    if (wanted !== config.Profile) refuseUnsendable(wanted);
    const wakes = needsWake(told);
    if (!wakes && wanted === config.Profile) return result("already-there");
    progress.profileBefore = config.Profile;
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

function stillDrawing(told: LuxosTelemetry): string[] {
  return drawsPower(told) ? [`asleep by its own word, still drawing ${told.power?.Watts} W`] : [];
}

type Write = (command: "curtail" | "profileset", argument: string) => Promise<void>;

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

/** Log on, run the writes, log off whatever happened. */
async function inSession(link: Link, writes: (write: Write) => Promise<void>): Promise<void> {
  const session = { id: await logon(link) };
  try {
    await writes((command, argument) => writeOnce(link, session, command, argument));
  } finally {
    const leaving = logoff(link, session.id);
    // after an abort nobody waits; the logoff still goes out so that the next revision is not locked out for a minute
    if (!link.signal.aborted) await leaving;
  }
}

/**
 * One restart-type write. A session that was lost, or that somebody else has taken, did nothing: it is opened again and
 * the write repeated once. A lost reply is read back and never repeated.
 */
async function writeOnce(link: Link, session: { id: string }, command: string, argument: string): Promise<void> {
  const send = () => {
    link.progress.writes += 1;
    return request(link, command, `${session.id},${argument}`).then(refuseErrors);
  };
  try {
    await send().catch(async (error: unknown) => {
      const isTaken = error instanceof CommandFailure && error.outcome === "busy";
      if (!(error instanceof SessionLostError || isTaken)) throw error;
      session.id = await logon(link);
      await send();
    });
  } catch (error) {
    if (link.signal.aborted || error instanceof CommandFailure) throw error;
    if (error instanceof SessionLostError)
      throw new CommandFailure(
        "unauthorized",
        `${at(link.machine)}: ${command}: ${error.message}, after a second logon`,
      );
    if (error instanceof NoReplyError && !error.sent) {
      link.progress.writes -= 1;
      throw new CommandFailure("unreachable", `${command} ${argument} was not sent: ${error.message}`);
    }
    if (!(error instanceof NoReplyError || error instanceof UnreadableReplyError)) throw error;
    throw new CommandFailure(
      "unknown",
      `no usable answer to ${command} ${argument} (${error.message}); read back: ${await readBack(link)}`,
    );
  }
}

async function readBack(link: Link): Promise<string> {
  try {
    const { config } = await readTelemetry({ ...link, retries: 0 }, ["config"]);
    return config ? `CurtailMode ${config.CurtailMode}, profile ${config.Profile}` : "no readable config";
  } catch (error) {
    return failureOf(link, error).message;
  }
}

/** Session id for writing. A miner that somebody else writes to is asked again within the budget. */
async function logon(link: Link): Promise<string> {
  const giveUpAt = performance.now() + link.busyBudgetMs;
  for (;;) {
    try {
      return parseSessionId(refuseErrors(await request(link, "logon")));
    } catch (error) {
      const isBusy = error instanceof CommandFailure && error.outcome === "busy";
      if (!isBusy || performance.now() + BUSY_POLL_MS > giveUpAt) throw error;
    }
    await delay(BUSY_POLL_MS, undefined, { signal: link.signal });
  }
}

async function logoff(link: Link, sessionId: string): Promise<void> {
  try {
    const detached: Link = { ...link, timeoutMs: LOGOFF_TIMEOUT_MS, signal: new AbortController().signal };
    refuseErrors(await request(detached, "logoff", sessionId));
  } catch (error) {
    link.progress.notes.push(
      `logoff failed, the session ends by itself after 60 s (${error instanceof Error ? error.message : error})`,
    );
  }
}

/** Several reads in one exchange (`a+b`). */
async function readTelemetry(link: Link, sections: readonly LuxosSection[]): Promise<LuxosTelemetry> {
  return parseTelemetry(await requestAgain(link, sections.join("+")), sections);
}

/** A read may be repeated: it changes nothing. Silence is not waited for twice. */
async function requestAgain(link: Link, command: string): Promise<LuxosReply> {
  for (let triesLeft = link.retries; ; triesLeft -= 1) {
    try {
      return await request(link, command);
    } catch (error) {
      const passing =
        error instanceof UnreadableReplyError || (error instanceof NoReplyError && error.reason !== "timeout");
      if (!passing || triesLeft <= 0) throw error;
      await delay(READ_RETRY_DELAY_MS, undefined, { signal: link.signal });
    }
  }
}

async function request({ machine, timeoutMs, signal }: Link, command: string, parameter?: string): Promise<LuxosReply> {
  return parseReply(
    command,
    await exchangeOnce(machine.host, machine.port, JSON.stringify({ command, parameter }), timeoutMs, signal),
  );
}

/** Failure as an outcome. @throws the abort reason, or the error itself when no machine caused it. */
function failureOf(link: Link, error: unknown): CommandFailure {
  if (link.signal.aborted) throw link.signal.reason;
  if (error instanceof CommandFailure) return error;
  if (error instanceof NoReplyError || error instanceof UnreadableReplyError)
    return new CommandFailure("unreachable", error.message);
  if (error instanceof SessionLostError) return new CommandFailure("unauthorized", error.message);
  throw error;
}

/**
 * Why a profile cannot be asked for by its name. `profileset` takes a comma-separated list, and also steps (`+1`) and
 * estimates (`2300W`): those are no states, and a retry would move the miner on.
 */
function profileProblem(profile: string): string | undefined {
  if (profile.trim() === "" || profile !== profile.trim() || !isCleanText(profile, PROFILE_CHARACTERS))
    return `it is no name of 1 to ${PROFILE_CHARACTERS} printable characters`;
  if (profile.includes(",")) return "a comma ends it on the wire";
  if (/^[+-]/.test(profile)) return "it is read as a step from whatever profile the machine holds";
  if (/^\d+(\.\d+)?\s*(THs|kW|W)?$/i.test(profile)) return "it is read as an estimate or a board, not as a name";
  return undefined;
}

/** @throws CommandFailure unsupported for a profile that cannot be asked for by its name. */
function refuseUnsendable(profile: string | undefined): void {
  const problem = profile === undefined ? undefined : profileProblem(profile);
  if (problem !== undefined)
    throw new CommandFailure("unsupported", `profile "${profile}" cannot be sent: ${problem}; give a name like 490MHz`);
}

function at({ machineId, host, port }: Machine): string {
  return `${machineId} (${host}:${port})`;
}
