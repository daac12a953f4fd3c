import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import ModbusSerial from "modbus-serial";
import { z } from "zod";
import { cleanText } from "../../domain/units/foreignText.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { MeterLine, MeterSettings, MeterValues } from "../../ports/meterKind.ts";
import type { RegisterBlock, RegisterMap } from "./registerMap.ts";

// The library is CommonJS and repeats its class as `default`; Node hands over the module itself.
const ModbusClient = ModbusSerial.default;
type Client = InstanceType<typeof ModbusClient>;

/** Fast answers that say "not now": asked again this often, with growing pauses of real milliseconds between. */
const PAUSES_MS = [50, 150, 400];
/** Modbus application protocol 1.1b3, §7: what the meter, or a gateway before it, says of itself. */
const EXCEPTIONS: ReadonlyMap<number, { readonly says: string; readonly passing: boolean }> = new Map([
  [1, { says: "it does not know the function; is the model right?", passing: false }],
  [2, { says: "it has no such register; is the model right?", passing: false }],
  [3, { says: "it refuses the request; is the model right?", passing: false }],
  [4, { says: "it reports a failure of its own", passing: false }],
  [5, { says: "it is busy: it has taken the request and needs longer", passing: true }],
  [6, { says: "it is busy", passing: true }],
  [10, { says: "the gateway has no path to it; is the unit id right?", passing: true }],
  [11, { says: "the gateway got no answer from it; is it powered, is the unit id right?", passing: true }],
]);

/** Settings of every meter over Modbus TCP. */
export interface ModbusSettings extends MeterSettings {
  readonly host: string;
  readonly port: number;
  /** Modbus unit id, 1..255. */
  readonly unit: number;
  /** Where the register starts again at 0, Wh; the model's own limit unless given. */
  readonly registerRolloverWh?: number;
}

/** Fragment of every meter over Modbus TCP, beside its `use`. */
export const modbusSettings = {
  host: z.string().min(1).meta({ description: "Address" }),
  port: z.int().min(1).max(65_535).meta({ description: "Modbus TCP port" }),
  unit: z.int().min(1).max(255).meta({ description: "Modbus unit id" }),
  registerRolloverWh: z
    .int()
    .min(1_000_000)
    .max(Number.MAX_SAFE_INTEGER)
    .meta({
      description:
        "Energy register starts again at 0 after this many Wh, from the meter's display settings; the model's own " +
        "limit when absent",
    })
    .optional(),
};

/** What every meter over Modbus TCP says of itself, from its register map. */
export function overModbus(map: RegisterMap) {
  return {
    address: ({ host, port, unit }: ModbusSettings) => `${host}:${port} unit ${unit}`,
    rolloverWh: ({ registerRolloverWh }: ModbusSettings) =>
      registerRolloverWh === undefined ? map.rolloverWh : BigInt(registerRolloverWh),
    open: (meterId: string, settings: ModbusSettings, timeoutMs: number): MeterLine =>
      new ModbusLine(meterId, settings, map, timeoutMs),
  };
}

/** An open connection. `lost` rejects when the meter closes it: the library itself would wait for its timeout. */
interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  readonly lost: Promise<never>;
}

/**
 * Reads of one meter, one after the other: a meter has few connections, and a failed request drops the shared one. The
 * connection is kept open and reopened after any failure. Busy, a gateway without an answer and a connection that was
 * closed are asked again at once, within a second; time-outs and refused connections are left to whoever asks.
 */
class ModbusLine implements MeterLine {
  readonly name: string;
  private readonly meter: ModbusSettings;
  private readonly map: RegisterMap;
  private readonly timeoutMs: number;
  private connection: Connection | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(meterId: string, meter: ModbusSettings, map: RegisterMap, timeoutMs: number) {
    this.meter = meter;
    this.map = map;
    this.timeoutMs = timeoutMs;
    this.name = `meter ${meterId} (${meter.host}:${meter.port}, unit ${meter.unit}, ${map.model})`;
  }

  read(): Promise<MeterValues> {
    const next = this.last.then(() => this.exchange());
    this.last = next.catch(() => {});
    return next;
  }

  drop(): void {
    this.connection?.client.destroy(() => {});
    this.connection = undefined;
  }

  private async exchange(): Promise<MeterValues> {
    return {
      powerKw: await this.readBlock(this.map.powerKw),
      registerWh: await this.readBlock(this.map.registerWh),
    };
  }

  private async readBlock<Value>(block: RegisterBlock<Value>): Promise<Value | undefined> {
    for (let failures = 0; ; failures += 1) {
      const isOpen = this.connection !== undefined && !this.connection.socket.destroyed;
      try {
        return await this.ask(await this.open(), block);
      } catch (error) {
        const wasClosed = this.connection?.socket.destroyed === true && !(error instanceof PortDataError);
        const isRefusal = exceptionOf(error) !== undefined;
        if (!isRefusal) this.drop();
        const pauseMs = PAUSES_MS[failures];
        const isPassing = EXCEPTIONS.get(exceptionOf(error) ?? NaN)?.passing === true || wasClosed;
        if (pauseMs === undefined || !isPassing) throw this.explained(error);
        // A connection that the meter closed while nobody asked costs no pause.
        if (!(wasClosed && isOpen)) await delay(pauseMs);
      }
    }
  }

  private async ask<Value>({ client, lost }: Connection, block: RegisterBlock<Value>): Promise<Value | undefined> {
    const { buffer } = await Promise.race([client.readHoldingRegisters(block.address, block.registers), lost]);
    if (buffer.length !== block.registers * 2) {
      throw new PortDataError(
        `${this.name}: ${buffer.length} bytes from address ${block.address}, expected ${block.registers * 2}`,
      );
    }
    return block.decode(buffer);
  }

  private async open(): Promise<Connection> {
    if (this.connection && !this.connection.socket.destroyed) return this.connection;
    this.drop();
    const socket = await dial(this.meter.host, this.meter.port, this.timeoutMs);
    const client = new ModbusClient();
    client.on("error", () => socket.destroy());
    client.setID(this.meter.unit);
    client.setTimeout(this.timeoutMs);
    await client.linkTCP(socket, { port: this.meter.port });
    const lost = new Promise<never>((_, reject) => {
      socket.once("close", () => reject(new Error("connection closed by the meter")));
    });
    lost.catch(() => {});
    this.connection = { client, socket, lost };
    return this.connection;
  }

  private explained(error: unknown): Error {
    if (error instanceof PortDataError) return error;
    const code = exceptionOf(error);
    const text = cleanText((error as { message?: string }).message ?? JSON.stringify(error));
    if (code !== undefined) {
      const { says, passing } = EXCEPTIONS.get(code) ?? { says: text, passing: false };
      const message = `${this.name}: unit ${this.meter.unit} answered with Modbus exception ${code}: ${says}`;
      return passing
        ? new PortUnavailableError(message, { cause: error })
        : new PortDataError(message, { cause: error });
    }
    const stranger = /expected address \d+ got (\d+)/.exec(text)?.[1];
    if (stranger !== undefined)
      return new PortDataError(
        `${this.name}: unit ${stranger} answered instead of ${this.meter.unit}; is the unit id right?`,
        { cause: error },
      );
    if (/^Data length error|^Unexpected data error|^CRC error|out of range/.test(text))
      return new PortDataError(
        `${this.name}: its answer is not a Modbus reply to this request: ${text}; is the model right?`,
        {
          cause: error,
        },
      );
    return new PortUnavailableError(`${this.name}: ${text} (within ${this.timeoutMs} ms); is it reachable?`, {
      cause: error,
    });
  }
}

/** Number of a Modbus exception, when that is what was answered. */
function exceptionOf(error: unknown): number | undefined {
  const { modbusCode } = error as { modbusCode?: unknown };
  return typeof modbusCode === "number" ? modbusCode : undefined;
}

function dial(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error("no TCP connection")), timeoutMs);
    // Stays attached: a reset later on ends in "close", which the reader hears.
    socket.on("error", (error) => (clearTimeout(timer), reject(error)));
    socket.once("connect", () => (clearTimeout(timer), resolve(socket)));
  });
}
