import { connect, type Socket } from "node:net";
import ModbusSerial from "modbus-serial";
import { z } from "zod";
import { cleanText } from "../../domain/units/foreignText.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { StopInputLine, StopInputSettings } from "../../ports/stopInputKind.ts";

// The library is CommonJS and repeats its class as `default`; Node hands over the module itself.
const ModbusClient = ModbusSerial.default;
type Client = InstanceType<typeof ModbusClient>;

/** Settings of every contact over Modbus TCP. */
export interface ModbusBitSettings extends StopInputSettings {
  readonly host: string;
  readonly port: number;
  /** Modbus unit id, 1..255. */
  readonly unit: number;
  /** Address on the wire, counted from 0: a vendor's input 10001, or coil 00001, is address 0. */
  readonly address: number;
}

/** Fragment of every contact over Modbus TCP, beside its `use`. */
export const modbusBitSettings = {
  host: z.string().min(1).meta({ description: "Address of the device" }),
  port: z.int().min(1).max(65_535).meta({ description: "Modbus TCP port" }),
  unit: z.int().min(1).max(255).meta({ description: "Modbus unit id" }),
  address: z
    .int()
    .min(0)
    .max(65_535)
    .meta({ description: "Address on the wire, counted from 0: a vendor's input 10001, or coil 00001, is 0" }),
};

/** One table of single bits in a Modbus device. */
export interface BitTable {
  /** For a person: `discrete input`. */
  readonly called: string;
  readonly ask: (client: Client, address: number) => Promise<{ data: boolean[] }>;
}

/** What every contact over Modbus TCP says of itself. */
export function overModbus(table: BitTable) {
  return {
    address: ({ host, port, unit, address }: ModbusBitSettings) =>
      `${host}:${port} unit ${unit} ${table.called} ${address}`,
    open: (settings: ModbusBitSettings, timeoutMs: number): StopInputLine =>
      new ModbusBitLine(settings, table, timeoutMs),
  };
}

/** An open connection. `lost` rejects when the device closes it: the library itself would wait for its timeout. */
interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  readonly lost: Promise<never>;
}

/**
 * Reads of one bit, one after the other, on one connection that is kept open: devices have few. After a failure the
 * next read opens another. A read that fails because the device had closed the connection meanwhile is made once more.
 */
class ModbusBitLine implements StopInputLine {
  readonly name: string;
  private readonly settings: ModbusBitSettings;
  private readonly table: BitTable;
  private readonly timeoutMs: number;
  private connection: Connection | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(settings: ModbusBitSettings, table: BitTable, timeoutMs: number) {
    const { host, port, unit, address } = settings;
    this.settings = settings;
    this.table = table;
    this.timeoutMs = timeoutMs;
    this.name = `${table.called} ${address} (${host}:${port}, unit ${unit})`;
  }

  read(): Promise<boolean> {
    const next = this.last.then(() => this.exchange());
    this.last = next.catch(() => undefined);
    return next;
  }

  drop(): void {
    this.connection?.client.destroy(() => undefined);
    this.connection = undefined;
  }

  private async exchange(): Promise<boolean> {
    const wasOpen = this.connection !== undefined;
    try {
      return await this.ask();
    } catch (error) {
      const wasClosed = this.connection?.socket.destroyed === true;
      this.drop();
      if (!wasOpen || !wasClosed) throw this.explained(error);
    }
    try {
      return await this.ask();
    } catch (error) {
      this.drop();
      throw this.explained(error);
    }
  }

  private async ask(): Promise<boolean> {
    const { client, lost } = (this.connection ??= await this.dialed());
    const { data } = await Promise.race([this.table.ask(client, this.settings.address), lost]);
    const [bit] = data;
    if (typeof bit !== "boolean") throw new PortDataError(`${this.name}: an answer without a bit, expected one`);
    return bit;
  }

  private async dialed(): Promise<Connection> {
    const { host, port, unit } = this.settings;
    const socket = await dial(host, port, this.timeoutMs);
    const client = new ModbusClient();
    client.on("error", () => socket.destroy());
    client.setID(unit);
    client.setTimeout(this.timeoutMs);
    await client.linkTCP(socket, { port });
    const lost = new Promise<never>((_, reject) => {
      socket.once("close", () => reject(new Error("connection closed by the device")));
    });
    lost.catch(() => undefined);
    return { client, socket, lost };
  }

  /** Modbus application protocol 1.1b3, §7: an exception is the device's own word, or that of a gateway before it. */
  private explained(error: unknown): Error {
    if (error instanceof PortDataError) return error;
    const { message, modbusCode: code } = error as { readonly message?: string; readonly modbusCode?: unknown };
    const text = cleanText(message ?? String(error));
    if (typeof code === "number")
      return new PortDataError(
        `${this.name}: answered with Modbus exception ${code} (${text}); are kind, unit and address right?`,
        { cause: error },
      );
    if (/^Data length error|^Unexpected data error|^CRC error|out of range|expected address/.test(text))
      return new PortDataError(
        `${this.name}: its answer is not a Modbus reply to this request: ${text}; is the unit id right?`,
        { cause: error },
      );
    return new PortUnavailableError(`${this.name}: ${text} (within ${this.timeoutMs} ms); is it reachable?`, {
      cause: error,
    });
  }
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
