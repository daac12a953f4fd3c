import type { ProfilePoint, SimCommand } from "./model.ts";
import type { CommandEffect, SimMiner, WakeSpeed } from "./miner.ts";
import { type LuxosMiner, READS, withStatus, type ReplyBody } from "./luxosReplies.ts";

/** Reply to one request: `undefined` when the reply is withheld. */
export type Answer = ReplyBody | undefined;

export interface Request {
  readonly command: string;
  readonly parameter: string;
}

export type CommandRecorder = (command: SimCommand) => void;

/** Execute one request line against a machine. `a+b` runs each command and answers one array per name. */
export function answerRequest(luxos: LuxosMiner, request: Request, nowMs: number, record: CommandRecorder): Answer {
  const commands = request.command.split("+");
  if (commands.length === 1) return answerCommand(luxos, request, nowMs, record);
  const combined: Record<string, unknown> = {};
  for (const command of commands) {
    const answer = answerCommand(luxos, { command, parameter: request.parameter }, nowMs, record);
    if (answer === undefined) return undefined;
    combined[command] = [answer];
  }
  return { ...combined, id: 1 };
}

function answerCommand(luxos: LuxosMiner, request: Request, nowMs: number, record: CommandRecorder): Answer {
  const { miner, session } = luxos;
  const read = READS[request.command];
  if (read) return read(luxos, nowMs);
  const [first = "", ...rest] = request.parameter.split(",").map((part) => part.trim());
  const note = (parameter: string, effect: CommandEffect) =>
    record({ atMs: nowMs, machineId: miner.spec.machineId, command: request.command, parameter, ...effect });
  switch (request.command) {
    case "logon":
      return logon(luxos, nowMs, note);
    case "kill":
      session.end();
      note("", { outcome: "applied", replied: true });
      return withStatus("S", 318, "Session killed", nowMs);
    case "logoff":
    case "curtail":
    case "profileset":
    case "atmset":
      return withSession(luxos, request.command, first, rest, nowMs, note);
    case "atm":
      return withStatus("S", 339, "ATM", nowMs, {
        ATM: [
          { Enabled: false, MinProfile: "", MaxProfile: "", PostRampMinutes: 10, StartupMinutes: 20, TempWindow: 5 },
        ],
      });
    default:
      return withStatus("E", 14, "Invalid command", nowMs);
  }
}

type Note = (parameter: string, effect: CommandEffect) => void;

function logon({ miner, session }: LuxosMiner, nowMs: number, note: Note): Answer {
  if (miner.faults.strikes("heldByAnother")) {
    note("", { outcome: "busy", replied: true });
    return withStatus("E", 415, "Session is in use by 10.7.0.9", nowMs);
  }
  const id = session.open(nowMs);
  note("", { outcome: id === undefined ? "busy" : "applied", replied: true });
  if (id === undefined) return withStatus("E", 402, "Another session is active", nowMs);
  return withStatus("S", 316, "Session created", nowMs, { SESSION: [{ SessionID: id }] });
}

function withSession(
  { miner, session }: LuxosMiner,
  command: string,
  sessionId: string,
  rest: readonly string[],
  nowMs: number,
  note: Note,
): Answer {
  const parameter = rest.join(",");
  if (!session.use(nowMs, sessionId)) {
    note(parameter, { outcome: "bad-session", replied: true });
    return withStatus("E", 401, "Invalid session id", nowMs);
  }
  if (miner.faults.strikes("garbledText") && command !== "logoff") {
    note(parameter, { outcome: "refused", replied: true });
    return withStatus("E", 336, `not\u0000now \ud800${"x".repeat(3_000)}`, nowMs);
  }
  if (command === "curtail") return curtail(miner, rest, nowMs, note);
  if (command === "profileset") return profileSet(miner, rest, nowMs, note);
  note(parameter, { outcome: "applied", replied: true });
  if (command === "atmset") return withStatus("S", 340, "ATM configuration updated", nowMs);
  session.end();
  return withStatus("S", 317, "Session closed", nowMs);
}

function curtail(miner: SimMiner, [action, ...options]: readonly string[], nowMs: number, note: Note): Answer {
  if (action !== "sleep" && action !== "wakeup")
    return withStatus("E", 336, `Unknown curtailment action "${action}"`, nowMs);
  const effect = action === "sleep" ? miner.sleep(nowMs) : miner.wake(nowMs, wakeSpeed(options));
  note([action, ...options].join(","), effect);
  if (!effect.replied) return undefined;
  if (effect.outcome === "refused") return withStatus("E", 336, "Curtailment not possible now", nowMs);
  return withStatus("S", 335, "Curtailment command sent", nowMs, {
    CURTAIL: [{ Action: action === "sleep" ? "sleep mode" : "wake up" }],
  });
}

function wakeSpeed(options: readonly string[]): WakeSpeed {
  if (options.includes("mode=unsafe")) return "unsafe";
  return options.some((option) => /^(voltage|frequency)_step=/.test(option)) ? "stepped" : "default";
}

function profileSet(miner: SimMiner, [selector = "", second]: readonly string[], nowMs: number, note: Note): Answer {
  if (second !== undefined) return withStatus("E", 322, "Board profiles are no longer supported", nowMs);
  const profile = selectProfile(miner, selector);
  if (!profile) return withStatus("E", 322, `Profile "${selector}" not found`, nowMs);
  const effect = miner.setProfile(nowMs, profile);
  note(selector, effect);
  if (!effect.replied) return undefined;
  if (effect.outcome === "refused") return withStatus("E", 322, "Profile not changed", nowMs);
  return withStatus("S", 321, "Profile set", nowMs, {
    PROFILE: [0, 1, 2].map((board) => ({ Board: board, Profile: profile.name, FrequencyStep: 0, VoltageStep: 0 })),
  });
}

/** By name, by relative step (`+1`, `-2`), or the highest one not above an estimate (`2300W`, `2.3kW`, `100THs`). */
function selectProfile(miner: SimMiner, selector: string): ProfilePoint | undefined {
  if (/^[+-]\d+$/.test(selector)) return miner.profiles[miner.profiles.indexOf(miner.profile) + Number(selector)];
  const estimate = /^(\d+(?:\.\d+)?)(THs|kW|W)$/.exec(selector);
  if (!estimate) return miner.profiles.find(({ name }) => name === selector);
  const [, amount, unit] = estimate;
  const limit = Number(amount) * (unit === "kW" ? 1000 : 1);
  return miner.profiles.findLast((point) => (unit === "THs" ? point.ths : point.watts) <= limit);
}
