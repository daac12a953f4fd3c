import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import jsmodbus from "jsmodbus";

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_DATA_ADDRESS = 2;
const GATEWAY_TARGET_FAILED = 11;

/** Instantaneous values: FLOAT32, two registers each, from current A (listed register 3000) to frequency (3110). */
const FLOATS_FROM = 2999;
const FLOATS_COUNT = 56;
/**
 * Energies: INT64, four registers each, from active energy delivered (3204) to apparent energy delivered − received
 * (3248).
 */
const ENERGIES_FROM = 3203;
const ENERGIES_COUNT = 12;

export interface Pm5340Values {
  /** Total active power, kW; `undefined` shows as NaN. */
  readonly powerKw: number | undefined;
  readonly deliveredWh: bigint;
}

/** One simulated meter's socket. */
export interface Pm5340Server {
  readonly port: number;
  /** Stops listening and cuts every connection, as a meter without auxiliary power. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/**
 * A PM5340 on a TCP port, function 3. Values are asked for at each request; `undefined` leaves it unanswered, an
 * exception is sent as such. A request
 * that cuts a value in two gets exception 2, another unit id exception 11, any other function exception 1.
 * @throws (rejects) the listen error, e.g. EADDRINUSE.
 */
export async function startPm5340(options: {
  host: string;
  port: number;
  unitId: number;
  values: () => Pm5340Values | { readonly exception: number } | undefined;
  /** Whether a connection is closed after each reply, as some gateways do. */
  closesAfterReply?: () => boolean;
}): Promise<Pm5340Server> {
  const { host, unitId, values, closesAfterReply } = options;
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that resets its connection is not the meter's trouble.
    socket.on("error", () => socket.destroy());
    const write = socket.write.bind(socket) as (...parts: unknown[]) => boolean;
    socket.write = (...parts: unknown[]) => {
      const isSent = write(...parts);
      if (closesAfterReply?.() === true) socket.end();
      return isSent;
    };
  });
  speakModbus(tcp, unitId, values);
  await listen(tcp, options.port, host);
  const { port } = tcp.address() as AddressInfo;
  return {
    port,
    start: async () => {
      if (!tcp.listening) await listen(tcp, port, host);
    },
    stop: () =>
      new Promise((resolve) => {
        tcp.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
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

type Answer = (payload: Buffer) => void;
type Request = InstanceType<typeof jsmodbus.ModbusTCPRequest>;

function speakModbus(
  tcp: Server,
  unitId: number,
  values: () => Pm5340Values | { readonly exception: number } | undefined,
): void {
  // Without its own buffers the library asks for every answer.
  const none = { holding: undefined, input: undefined, coils: undefined, discrete: undefined };
  const modbus = new jsmodbus.server.TCP(tcp, none as never);
  const answer = (request: Request, body: Parameters<typeof jsmodbus.ModbusTCPResponse.fromRequest>[1]) =>
    jsmodbus.ModbusTCPResponse.fromRequest(request, body).createPayload();
  const refuse = (request: Request, code: number) =>
    answer(request, new jsmodbus.responses.ExceptionResponseBody(request.body.fc, code as never));

  modbus.on("readHoldingRegisters", (abstract, send: Answer) => {
    const request = abstract as unknown as Request;
    if (request.unitId !== unitId) return send(refuse(request, GATEWAY_TARGET_FAILED));
    const now = values();
    if (!now) return;
    if ("exception" in now) return send(refuse(request, now.exception));
    const { start, count } = request.body as unknown as { start: number; count: number };
    const bytes = registers(now, start, count);
    send(
      bytes
        ? answer(request, new jsmodbus.responses.ReadHoldingRegistersResponseBody(bytes.length, bytes))
        : refuse(request, ILLEGAL_DATA_ADDRESS),
    );
  });
  for (const event of [
    "readCoils",
    "readDiscreteInputs",
    "readInputRegisters",
    "writeSingleCoil",
    "writeSingleRegister",
  ] as const) {
    (modbus as unknown as NodeJS.EventEmitter).on(event, (request: Request, send: Answer) =>
      send(refuse(request, ILLEGAL_FUNCTION)),
    );
  }
}

/** Bytes of whole values only. */
function registers(values: Pm5340Values, start: number, count: number): Buffer | undefined {
  return slice(floats(values), FLOATS_FROM, 2, start, count) ?? slice(energies(values), ENERGIES_FROM, 4, start, count);
}

function slice(block: Buffer, from: number, width: number, start: number, count: number): Buffer | undefined {
  const whole = (start - from) % width === 0 && count % width === 0 && count > 0;
  const inside = start >= from && start + count <= from + block.length / 2;
  return whole && inside ? block.subarray((start - from) * 2, (start - from + count) * 2) : undefined;
}

function floats({ powerKw }: Pm5340Values): Buffer {
  const block = Buffer.alloc(FLOATS_COUNT * 4);
  for (let i = 0; i < FLOATS_COUNT; i += 1) block.writeUInt32BE(0xffc00000, i * 4);
  const put = (listedRegister: number, value: number) =>
    block.writeFloatBE(value, (listedRegister - 1 - FLOATS_FROM) * 2);
  put(3110, 60);
  if (powerKw === undefined) return block;
  for (const phase of [3054, 3056, 3058]) put(phase, powerKw / 3);
  put(3060, powerKw);
  put(3084, 0.98);
  return block;
}

function energies({ deliveredWh }: Pm5340Values): Buffer {
  const block = Buffer.alloc(ENERGIES_COUNT * 8);
  for (const sum of [0, 2, 3]) block.writeBigInt64BE(deliveredWh, sum * 8);
  return block;
}
