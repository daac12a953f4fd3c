import { connect } from "node:net";
import type { Socket } from "node:net";
import ModbusSerial from "modbus-serial";
import type { MeterReading } from "../../domain/verification/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";
import type { MeterReadings } from "../../ports/meterReadings.ts";
import { registerMaps } from "./registerMaps.ts";
import type { RegisterBlock, RegisterMap } from "./registerMap.ts";
import type { MeterModel } from "./registerMaps.ts";

// The library is CommonJS and repeats its class as `default`; Node hands over the module itself.
const ModbusClient = ModbusSerial.default;
type Client = InstanceType<typeof ModbusClient>;

export interface ModbusMeter {
  readonly meterId: string;
  readonly host: string;
  readonly port: number;
  /** Modbus unit id, 1..255; a PM5340 asked over its own Ethernet port answers to 255 too. */
  readonly unitId: number;
  readonly model: MeterModel;
}

export interface ModbusMetersOptions {
  readonly meters: readonly ModbusMeter[];
  /** Real milliseconds for connecting and for each request. */
  readonly timeoutMs: number;
  /**
   * Told why a reading is missing; PortUnavailableError or PortDataError naming meter, address and what was expected.
   */
  readonly onError?: (meterId: string, error: Error) => void;
}

/**
 * Meters over Modbus TCP. One connection a meter, kept open and reopened after any failure; requests to one meter
 * queue. A reading is `metered` only with both power and register: with either not available, or the meter silent, it
 * is `missing`, and carries what could be read.
 * @throws (read rejects) PortDataError when asked for a meter that is not configured.
 */
export function modbusMeters(options: ModbusMetersOptions): MeterReadings & { close(): void } {
  const { timeoutMs, onError } = options;
  const lines = new Map(options.meters.map((meter) => [meter.meterId, new MeterLine(meter, timeoutMs)]));

  async function readOne(meterId: string, readAt: Instant): Promise<MeterReading> {
    const line = lines.get(meterId);
    if (!line)
      throw new PortDataError(
        `meter: no meter "${meterId}" is configured; configured are ${[...lines.keys()].join(", ")}`,
      );
    try {
      const { powerKw, registerWh } = await line.read();
      const whole = powerKw !== undefined && registerWh !== undefined;
      if (!whole)
        onError?.(
          meterId,
          new PortDataError(
            `${line.name}: ${powerKw === undefined ? "power" : "energy register"} marked as not available`,
          ),
        );
      return {
        meterId,
        readAt,
        ...(powerKw !== undefined && { powerKw }),
        ...(registerWh !== undefined && { registerWh }),
        quality: whole ? "metered" : "missing",
      };
    } catch (error) {
      onError?.(meterId, error as Error);
      return { meterId, readAt, quality: "missing" };
    }
  }

  return {
    read: (meterIds, readAt) => Promise.all(meterIds.map((meterId) => readOne(meterId, readAt))),
    close: () => lines.forEach((line) => line.drop()),
  };
}

interface Values {
  readonly powerKw: number | undefined;
  readonly registerWh: bigint | undefined;
}

/** An open connection. `lost` rejects when the meter closes it: the library itself would wait for its timeout. */
interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  readonly lost: Promise<never>;
}

/** Reads of one meter, one after the other: a meter has few connections, and a failed request drops the shared one. */
class MeterLine {
  readonly name: string;
  private readonly meter: ModbusMeter;
  private readonly map: RegisterMap;
  private readonly timeoutMs: number;
  private connection: Connection | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(meter: ModbusMeter, timeoutMs: number) {
    this.meter = meter;
    this.map = registerMaps[meter.model];
    this.timeoutMs = timeoutMs;
    this.name = `meter ${meter.meterId} (${meter.host}:${meter.port}, unit ${meter.unitId}, ${meter.model})`;
  }

  read(): Promise<Values> {
    const next = this.last.then(() => this.exchange());
    this.last = next.catch(() => {});
    return next;
  }

  drop(): void {
    this.connection?.client.destroy(() => {});
    this.connection = undefined;
  }

  private async exchange(): Promise<Values> {
    const kept = this.connection;
    try {
      return await this.readBlocks();
    } catch (error) {
      const closedWhileIdle = kept !== undefined && kept.socket.destroyed;
      this.drop();
      if (!closedWhileIdle) throw this.explained(error);
    }
    try {
      return await this.readBlocks();
    } catch (error) {
      this.drop();
      throw this.explained(error);
    }
  }

  private async readBlocks(): Promise<Values> {
    const connection = await this.open();
    return {
      powerKw: await this.readBlock(connection, this.map.powerKw),
      registerWh: await this.readBlock(connection, this.map.registerWh),
    };
  }

  private async readBlock<Value>(
    { client, lost }: Connection,
    block: RegisterBlock<Value>,
  ): Promise<Value | undefined> {
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
    client.setID(this.meter.unitId);
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
    const { message, modbusCode } = error as { message?: string; modbusCode?: number };
    const text = message ?? JSON.stringify(error);
    if (modbusCode !== undefined)
      return new PortDataError(`${this.name}: Modbus exception ${modbusCode}: ${text}; are model and unit id right?`, {
        cause: error,
      });
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
