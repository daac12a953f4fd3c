import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import jsmodbus from "jsmodbus";

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_DATA_ADDRESS = 2;
const GATEWAY_TARGET_FAILED = 11;

/** The two tables of single bits in a Modbus device. */
type Table = "discrete" | "coils";

/** What can go wrong with the device. */
export type ContactsFault =
  /** No power: the socket is closed. */
  | { readonly kind: "stopped" }
  /** Accepts connections and never answers. */
  | { readonly kind: "silent" }
  /** Answers with a Modbus exception. */
  | { readonly kind: "exception"; readonly code: number };

/** A small device with contacts: 16 discrete inputs and 16 coils, addresses 0 to 15, all off at first. */
export interface SimContacts {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  /** Opens or closes a contact. */
  set(table: Table, address: number, isOn: boolean): void;
  /** Shows a contact the other way for so many answers, as one that bounces. */
  bounce(table: Table, address: number, answers: number): void;
  /** Puts the device into a fault, or out of it. Resolves when its socket is closed or open again. */
  fault(fault: ContactsFault | undefined): Promise<void>;
  close(): Promise<void>;
}

const CONTACTS = 16;

type Answer = (payload: Buffer) => void;
type Request = InstanceType<typeof jsmodbus.ModbusTCPRequest>;

/**
 * A remote input module on a TCP port: functions 1 and 2 of the Modbus application protocol 1.1b3. Another unit gets
 * exception 11, an address that it has not exception 2, any other function exception 1.
 * @throws (rejects) the listen error, e.g. EADDRINUSE.
 */
export async function startContacts({
  host = "127.0.0.1",
  port = 0,
  unit = 1,
}: { readonly host?: string; readonly port?: number; readonly unit?: number } = {}): Promise<SimContacts> {
  const bits: Record<Table, boolean[]> = {
    discrete: Array.from({ length: CONTACTS }, () => false),
    coils: Array.from({ length: CONTACTS }, () => false),
  };
  const bouncing = new Map<string, number>();
  let current: ContactsFault | undefined;
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that resets its connection is not the device's trouble.
    socket.on("error", () => socket.destroy());
  });
  const shown = (table: Table, address: number): boolean => {
    const [isOn, key] = [bits[table][address] === true, `${table}/${address}`];
    const left = bouncing.get(key);
    if (left === undefined || left === 0) return isOn;
    bouncing.set(key, left - 1);
    return !isOn;
  };
  speakModbus(tcp, unit, {
    fault: () => current,
    bits: (table, start, count) => {
      if (count < 1 || start + count > CONTACTS) return undefined;
      return Array.from({ length: count }, (_, i) => shown(table, start + i));
    },
  });
  await listen(tcp, port, host);
  const listening = (tcp.address() as AddressInfo).port;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      tcp.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    host,
    port: listening,
    unit,
    set: (table, address, isOn) => void (bits[table][address] = isOn),
    bounce: (table, address, answers) => void bouncing.set(`${table}/${address}`, answers),
    fault: async (fault) => {
      const wasStopped = current?.kind === "stopped";
      current = fault;
      if (fault?.kind === "stopped" && !wasStopped) await stop();
      if (fault?.kind !== "stopped" && wasStopped) await listen(tcp, listening, host);
    },
    close: async () => {
      if (tcp.listening) await stop();
    },
  };
}

function listen(tcp: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen(port, host, () => {
      tcp.off("error", reject);
      resolve();
    });
  });
}

function speakModbus(
  tcp: Server,
  unit: number,
  device: {
    readonly fault: () => ContactsFault | undefined;
    readonly bits: (table: Table, start: number, count: number) => boolean[] | undefined;
  },
): void {
  // Without its own buffers the library asks for every answer.
  const none = { holding: undefined, input: undefined, coils: undefined, discrete: undefined };
  const modbus = new jsmodbus.server.TCP(tcp, none as never) as unknown as NodeJS.EventEmitter;
  const answer = (request: Request, body: Parameters<typeof jsmodbus.ModbusTCPResponse.fromRequest>[1]) =>
    jsmodbus.ModbusTCPResponse.fromRequest(request, body).createPayload();
  const refuse = (request: Request, code: number) =>
    answer(request, new jsmodbus.responses.ExceptionResponseBody(request.body.fc, code as never));
  const reads = [
    ["readDiscreteInputs", "discrete", jsmodbus.responses.ReadDiscreteInputsResponseBody],
    ["readCoils", "coils", jsmodbus.responses.ReadCoilsResponseBody],
  ] as const;
  for (const [event, table, Body] of reads)
    modbus.on(event, (request: Request, send: Answer) => {
      const fault = device.fault();
      if (fault?.kind === "silent") return;
      if (fault?.kind === "exception") return send(refuse(request, fault.code));
      if (request.unitId !== unit) return send(refuse(request, GATEWAY_TARGET_FAILED));
      const { start, count } = request.body as unknown as { readonly start: number; readonly count: number };
      const bits = device.bits(table, start, count);
      if (bits === undefined) return send(refuse(request, ILLEGAL_DATA_ADDRESS));
      const bytes = packed(bits);
      send(answer(request, new Body(bytes, bytes.length)));
    });
  for (const event of ["readHoldingRegisters", "readInputRegisters", "writeSingleCoil", "writeSingleRegister"])
    modbus.on(event, (request: Request, send: Answer) => send(refuse(request, ILLEGAL_FUNCTION)));
}

/** §6.1: the first bit asked for is the lowest of the first byte; the last byte is filled up with zeros. */
function packed(bits: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [i, isOn] of bits.entries()) if (isOn) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  return bytes;
}
