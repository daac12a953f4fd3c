import { z } from "zod";
import type { CommandOutcome, MachineReading } from "../../domain/dispatch/model.ts";
import { parseForeignJson } from "../../domain/units/foreignText.ts";
import { MACHINE_JSON } from "../../domain/units/jsonBudget.ts";

/** Sections that `parseTelemetry` understands. */
export type LuxosSection = "config" | "power" | "summary" | "devs" | "pools";
export type LuxosReply = Readonly<Record<string, unknown>>;

const ASLEEP_POWER_MAX_W = 150; // asleep draws about 25 W, the lowest profile several hundred
const GHS_PER_THS = 1_000;
const BOARD_HASHES_MHS = 50_000; // 0.05 TH/s: an average of 5 s has a tail, a board at work has tens of TH/s
const CODE_UNSUPPORTED = 14;
const CODE_BUSY = 402;

const statusSchema = z.object({
  STATUS: z.array(z.object({ STATUS: z.string(), Code: z.number().optional(), Msg: z.string().optional() })).min(1),
});
// it goes into a list that commas end
const sessionId = z.string().regex(/^[^\s,]{1,128}$/);
const logonSchema = z.object({ SESSION: z.array(z.object({ SessionID: sessionId })).min(1) });
const configSchema = z.object({
  CurtailMode: z.string(),
  Profile: z.string().min(1).optional(),
  IsPowerSupplyOn: z.boolean().optional(),
  IsAtmEnabled: z.boolean().optional(),
});
const powerSchema = z.object({ Watts: z.number().nonnegative(), PSU: z.boolean().optional() });
const summarySchema = z.object({
  "GHS 5s": z.union([
    z.number().nonnegative(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ]),
});
/** A board that does not say one thing may say another; only what it says counts. */
const devSchema = z.object({
  IsRamping: z.boolean().optional().catch(undefined),
  "MHS 5s": z.number().nonnegative().optional().catch(undefined),
});

/** A pool is there while its status says `Alive`, the word of cgminer's API that LuxOS keeps. */
const poolSchema = z.object({ Status: z.string().optional().catch(undefined) });

// Made once: to make a schema costs many times what it costs to read a reply by it.
const anyReply = z.record(z.string(), z.unknown());
const configRows = z.tuple([configSchema], z.unknown());
const powerRows = z.tuple([powerSchema], z.unknown());
const summaryRows = z.tuple([summarySchema], z.unknown());
const devRows = z.array(devSchema.catch({})).min(1);
const poolRows = z.array(poolSchema.catch({}));

/**
 * What a machine said of itself; a part that it did not say, or said in a form its document does not know, is absent.
 */
export interface LuxosTelemetry {
  readonly config?: z.infer<typeof configSchema>;
  readonly power?: z.infer<typeof powerSchema>;
  readonly hashrateThs?: number;
  /** True as soon as one board ramps, false where every board says that it does not. */
  readonly ramping?: boolean;
  /** True as soon as one board hashes, false where every board says that it does not. */
  readonly boardsHash?: boolean;
  /** True as soon as one pool is alive, false where none is: none is configured, or each says that it is not. */
  readonly hasPool?: boolean;
}

/** A reply that is not what the document promises. */
export class UnreadableReplyError extends Error {
  override name = "UnreadableReplyError";
}

/** The session was not valid any more, so the command did nothing. */
export class SessionLostError extends Error {
  override name = "SessionLostError";
}

/** Why a command ended short of an acknowledgement. */
export class CommandFailure extends Error {
  override name = "CommandFailure";
  readonly outcome: CommandOutcome;

  constructor(outcome: CommandOutcome, message: string) {
    super(message);
    this.outcome = outcome;
  }
}

/**
 * A LuxOS reply's text as an object, every text in it clean.
 * @throws UnreadableReplyError with the beginning of the text when it is not one JSON object.
 */
export function parseReply(command: string, text: string): LuxosReply {
  try {
    return anyReply.parse(parseForeignJson(text, MACHINE_JSON));
  } catch (cause) {
    const start = JSON.stringify(text.slice(0, 60));
    throw new UnreadableReplyError(
      `${command}: expected one JSON object, got ${text.length} characters beginning ${start}`,
      { cause },
    );
  }
}

/**
 * The reply itself unless its status is an error.
 * @throws CommandFailure busy (402, or a text of a session that somebody holds), unsupported (14) or refused;
 * SessionLostError; UnreadableReplyError without STATUS.
 */
export function refuseErrors(reply: LuxosReply): LuxosReply {
  const status = statusSchema.safeParse(reply).data?.STATUS[0];
  if (!status) throw new UnreadableReplyError("expected STATUS[0] in the reply");
  if (status.STATUS !== "E" && status.STATUS !== "F") return reply;
  const said = `code ${status.Code}: ${status.Msg}`;
  const text = `${status.Msg}`;
  if (status.Code === CODE_BUSY || isHeldByAnother(text))
    throw new CommandFailure("busy", `another controller holds the write session (${said})`);
  if (status.Code === CODE_UNSUPPORTED) throw new CommandFailure("unsupported", said);
  // no document gives the code of an ended session: its text decides
  if (/session/i.test(text)) throw new SessionLostError(said);
  throw new CommandFailure("refused", said);
}

/** Codes differ from release to release; what they all say is that a session is there and whose it is not. */
function isHeldByAnother(text: string): boolean {
  const lost = /\b(not|no|in-?valid|expired|ended|unknown|missing|wrong|closed)\b/i;
  const held = /\b(another|other|active|already|in use|held|exists?|open|busy|locked|taken|owned)\b/i;
  return /session/i.test(text) && held.test(text) && !lost.test(text);
}

/** Session id out of a logon reply. @throws UnreadableReplyError when there is none. */
export function parseSessionId(reply: LuxosReply): string {
  const id = logonSchema.safeParse(reply).data?.SESSION[0]?.SessionID;
  if (id === undefined)
    throw new UnreadableReplyError("logon: expected SESSION[0].SessionID without commas, 128 characters at most");
  return id;
}

/**
 * Telemetry out of the reply to one read, or to several combined as `a+b` (then one array per command name).
 * @throws what `refuseErrors` throws when the combined request as a whole was refused.
 */
export function parseTelemetry(reply: LuxosReply, sections: readonly LuxosSection[]): LuxosTelemetry {
  const combined = sections.length > 1;
  if (combined && reply["STATUS"] !== undefined) refuseErrors(reply);
  const rows = (section: LuxosSection): unknown => {
    const list = combined ? reply[section] : [reply];
    const body: unknown = Array.isArray(list) ? list[0] : undefined;
    const status = statusSchema.safeParse(body).data?.STATUS[0]?.STATUS;
    return status === undefined || status === "E" ? undefined : (body as LuxosReply)[section.toUpperCase()];
  };
  const ghs = summaryRows.safeParse(rows("summary")).data?.[0]["GHS 5s"];
  const boards = devRows.safeParse(rows("devs")).data;
  const pools = poolRows.safeParse(rows("pools")).data;
  return {
    config: configRows.safeParse(rows("config")).data?.[0],
    power: powerRows.safeParse(rows("power")).data?.[0],
    hashrateThs: ghs === undefined ? undefined : ghs / GHS_PER_THS,
    ramping: anySays(boards?.map(({ IsRamping }) => IsRamping)),
    hasPool: anySays(pools?.map(({ Status }) => (Status === undefined ? undefined : /^alive$/i.test(Status)))),
    boardsHash: anySays(
      boards?.map((board) => (board["MHS 5s"] === undefined ? undefined : board["MHS 5s"] > BOARD_HASHES_MHS)),
    ),
  };
}

/** True as soon as one says so, false where all say no; one that says nothing leaves it open. */
function anySays(said: readonly (boolean | undefined)[] | undefined): boolean | undefined {
  if (said === undefined || said.some((one) => one === true)) return said && true;
  return said.every((one) => one !== undefined) ? false : undefined;
}

/** What a curtail mode says: the running text is documented, the sleeping one named by its command. */
function modeSays({ CurtailMode }: { readonly CurtailMode: string }): "awake" | "asleep" | undefined {
  if (/^none$/i.test(CurtailMode)) return "awake";
  return /sleep/i.test(CurtailMode) ? "asleep" : undefined;
}

/** True when the machine draws more than a sleeping one can; undefined when it does not say. */
export function drawsPower({ power }: LuxosTelemetry): boolean | undefined {
  return power && power.Watts > ASLEEP_POWER_MAX_W;
}

/** Whether running it needs a wake-up: it says that it sleeps, or says neither and does not run. */
export function needsWake(told: LuxosTelemetry): boolean {
  if (!told.config) return false;
  const says = modeSays(told.config);
  return says === "asleep" || (says === undefined && stateOf(told) !== "running");
}

/** Whether it says that it sleeps, true or not. */
export function saysAsleep({ config }: LuxosTelemetry): boolean {
  return config !== undefined && modeSays(config) === "asleep";
}

/**
 * State a reading proves. Asleep needs the mode and every other sign to agree: power, supply, hashrate, boards. A mode
 * that no document lists says nothing: then the supply must be off, or the power measured. A machine that is awake and
 * does not hash yet, or will never, is `ramping`; `unknown` where the signs are missing.
 */
export function stateOf(told: LuxosTelemetry): MachineReading["state"] {
  const { config, power, hashrateThs, ramping, boardsHash } = told;
  if (!config) return "unknown";
  const draws = drawsPower(told);
  const hashes = hashrateThs === undefined ? boardsHash : hashrateThs > 0;
  const says = modeSays(config);
  if (says !== "awake") {
    const isOn = draws || config.IsPowerSupplyOn || hashes || boardsHash || ramping;
    if (says === "asleep" && isOn) return "ramping";
    const supplyOff = config.IsPowerSupplyOn === false;
    const idle = draws === false && (says === "asleep" || power?.PSU === true);
    if (!isOn) return supplyOff || idle ? "asleep" : "unknown";
  }
  if (ramping) return "ramping";
  const works = hashes === undefined ? draws : hashes;
  if (works === undefined) return "unknown";
  return works ? "running" : "ramping";
}
