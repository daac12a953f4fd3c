import { z } from "zod";
import type { CommandOutcome, MachineReading } from "../../domain/dispatch/model.ts";
import { parseForeignJson } from "../../domain/units/foreignText.ts";

/** Sections that `parseTelemetry` understands. */
export type LuxosSection = "config" | "power" | "summary" | "devs";
export type LuxosReply = Readonly<Record<string, unknown>>;

const ASLEEP_POWER_MAX_W = 150; // asleep draws about 25 W, the lowest profile several hundred
const GHS_PER_THS = 1_000;
const CODE_UNSUPPORTED = 14;
const CODE_BUSY = 402;

const statusSchema = z.looseObject({
  STATUS: z
    .array(z.looseObject({ STATUS: z.string(), Code: z.number().optional(), Msg: z.string().optional() }))
    .min(1),
});
const logonSchema = z.looseObject({ SESSION: z.array(z.looseObject({ SessionID: z.string().min(1) })).min(1) });
const configSchema = z.looseObject({
  CurtailMode: z.string(),
  Profile: z.string().min(1).optional(),
  IsPowerSupplyOn: z.boolean().optional(),
  IsAtmEnabled: z.boolean().optional(),
});
const powerSchema = z.looseObject({ Watts: z.number().nonnegative(), PSU: z.boolean().optional() });
const summarySchema = z.looseObject({
  "GHS 5s": z.union([
    z.number().nonnegative(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ]),
});
const devSchema = z.looseObject({ IsRamping: z.boolean() });

/**
 * What a machine said of itself; a part that it did not say, or said in a form its document does not know, is absent.
 */
export interface LuxosTelemetry {
  readonly config?: z.infer<typeof configSchema>;
  readonly power?: z.infer<typeof powerSchema>;
  readonly hashrateThs?: number;
  readonly ramping?: boolean;
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
    return z.record(z.string(), z.unknown()).parse(parseForeignJson(text));
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
 * @throws CommandFailure busy (402), unsupported (14) or refused; SessionLostError; UnreadableReplyError without
 * STATUS.
 */
export function refuseErrors(reply: LuxosReply): LuxosReply {
  const status = statusSchema.safeParse(reply).data?.STATUS[0];
  if (!status) throw new UnreadableReplyError("expected STATUS[0] in the reply");
  if (status.STATUS !== "E" && status.STATUS !== "F") return reply;
  const said = `code ${status.Code}: ${status.Msg}`;
  if (status.Code === CODE_BUSY)
    throw new CommandFailure("busy", `another controller holds the write session (${said})`);
  if (status.Code === CODE_UNSUPPORTED) throw new CommandFailure("unsupported", said);
  // no document gives the code of an ended session: its text decides
  if (/session/i.test(`${status.Msg}`)) throw new SessionLostError(said);
  throw new CommandFailure("refused", said);
}

/** Session id out of a logon reply. @throws UnreadableReplyError when there is none. */
export function parseSessionId(reply: LuxosReply): string {
  const id = logonSchema.safeParse(reply).data?.SESSION[0]?.SessionID;
  if (id === undefined) throw new UnreadableReplyError("logon: expected SESSION[0].SessionID");
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
    const body = statusSchema.safeParse(Array.isArray(list) ? list[0] : undefined).data;
    return body?.STATUS[0]?.STATUS === "E" ? undefined : body?.[section.toUpperCase()];
  };
  const firstRow = <T>(section: LuxosSection, schema: z.ZodType<T>): T | undefined =>
    z.array(schema).safeParse(rows(section)).data?.[0];
  const ghs = firstRow("summary", summarySchema)?.["GHS 5s"];
  const boards = z.array(devSchema).min(1).safeParse(rows("devs")).data;
  return {
    config: firstRow("config", configSchema),
    power: firstRow("power", powerSchema),
    hashrateThs: ghs === undefined ? undefined : ghs / GHS_PER_THS,
    ramping: boards?.some(({ IsRamping }) => IsRamping),
  };
}

/** True for every curtail mode but `None`: the running text is documented, the sleeping one is not. */
export function isAsleep({ CurtailMode }: { readonly CurtailMode: string }): boolean {
  return !/^none$/i.test(CurtailMode);
}

/** True when the machine draws more than a sleeping one can; undefined when it does not say. */
export function drawsPower({ power }: LuxosTelemetry): boolean | undefined {
  return power && power.Watts > ASLEEP_POWER_MAX_W;
}

/**
 * State a reading proves. Asleep needs the mode and every other sign to agree; a machine that is awake and does not
 * hash yet, or will never, is `ramping`; `unknown` where the signs are missing.
 */
export function stateOf(told: LuxosTelemetry): MachineReading["state"] {
  const { config, hashrateThs, ramping } = told;
  if (!config) return "unknown";
  const draws = drawsPower(told);
  if (isAsleep(config)) {
    if (draws || config.IsPowerSupplyOn === true) return "ramping";
    return draws === undefined && config.IsPowerSupplyOn === undefined ? "unknown" : "asleep";
  }
  if (ramping) return "ramping";
  const works = hashrateThs === undefined ? draws : hashrateThs > 0;
  if (works === undefined) return "unknown";
  return works ? "running" : "ramping";
}
