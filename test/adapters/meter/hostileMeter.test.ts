import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { modbusMeters } from "../../support/meters.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";

const AT = "2026-08-18T22:00:00Z" as Instant;
let server: Server | undefined;
let meters: ReturnType<typeof modbusMeters> | undefined;
afterEach(() => {
  meters?.close();
  server?.close();
});

/** A frame of Modbus TCP: transaction, protocol 0, length, unit, then the rest. */
function frame(transaction: number, pdu: readonly number[], unit = 1, length = pdu.length + 1): Buffer {
  return Buffer.from([transaction >> 8, transaction & 255, 0, 0, length >> 8, length & 255, unit, ...pdu]);
}
const POWER_1000_KW = [3, 4, 0x44, 0x7a, 0, 0];
const POWER_77_KW = [3, 4, 0x42, 0x9a, 0, 0];
const REGISTER_5000_WH = [3, 8, 0, 0, 0, 0, 0, 0, 0x13, 0x88];
const asked = (request: Buffer) => (request.readUInt16BE(10) === 2 ? POWER_1000_KW : REGISTER_5000_WH);

async function readOf(answer: (socket: Socket, request: Buffer, transaction: number) => void) {
  const errors: Error[] = [];
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (request) => answer(socket, request, request.readUInt16BE(0)));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  meters = modbusMeters({
    meters: [{ meterId: "a", host: "127.0.0.1", port, unitId: 1, maxKw: 50_000 }],
    timeoutMs: 1_000,
    onError: (_meterId, error) => errors.push(error),
  });
  const [reading] = await meters.read(["a"], AT);
  return { reading, errors };
}

it("the answer to an earlier request glued before the right one is not taken for it", async () => {
  const { reading } = await readOf((socket, request, transaction) =>
    socket.write(Buffer.concat([frame(transaction - 1, POWER_77_KW), frame(transaction, asked(request))])),
  );
  expect(reading).toMatchObject({ quality: "metered", powerKw: 1_000, registerWh: 5_000n });
});

it.each<[string, (transaction: number, pdu: readonly number[]) => Buffer]>([
  ["a length of nothing", (transaction, pdu) => frame(transaction, pdu, 1, 0)],
  ["fewer registers than were asked for", (transaction) => frame(transaction, [3, 2, 1, 1])],
  ["a byte count beyond its end", (transaction, [code = 3, , ...rest]) => frame(transaction, [code, 200, ...rest])],
  ["another function", (transaction, [, ...rest]) => frame(transaction, [4, ...rest])],
])("an answer with %s is missing, and said to be no Modbus of the request", async (_what, answer) => {
  const { reading, errors } = await readOf((socket, request, transaction) =>
    socket.write(answer(transaction, asked(request))),
  );
  expect(reading).toEqual({ meterId: "a", readAt: AT, quality: "missing" });
  expect(errors).toMatchObject([
    {
      name: "PortDataError",
      message: expect.stringMatching(/its answer is not a Modbus reply to this request.*model right/),
    },
  ]);
});
