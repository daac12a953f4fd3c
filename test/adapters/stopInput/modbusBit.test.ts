import { afterEach, describe, expect, it } from "vitest";
import { stopInputKinds } from "../../../src/adapters/stopInput/index.ts";
import { modbusCoil } from "../../../src/adapters/stopInput/modbusCoil.ts";
import { modbusDiscrete } from "../../../src/adapters/stopInput/modbusDiscrete.ts";
import { PortDataError, PortUnavailableError } from "../../../src/ports/errors.ts";
import type { StopInputLine } from "../../../src/ports/stopInputKind.ts";
import { type SimContacts, startContacts } from "../../../src/simulators/stopInput/contacts.ts";

const TIMEOUT_MS = 300;
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function device(): Promise<SimContacts> {
  const contacts = await startContacts();
  opened.push(contacts);
  return contacts;
}

function line(open: () => StopInputLine): StopInputLine {
  const one = open();
  opened.push({ close: () => one.drop() });
  return one;
}

const discreteOf = ({ host, port, unit }: SimContacts, address: number, changes: { unit?: number } = {}) =>
  line(() => modbusDiscrete.open({ use: "modbus-discrete", host, port, unit, address, ...changes }, TIMEOUT_MS));
const coilOf = ({ host, port, unit }: SimContacts, address: number) =>
  line(() => modbusCoil.open({ use: "modbus-coil", host, port, unit, address }, TIMEOUT_MS));

describe("a contact over Modbus TCP", () => {
  it.each(stopInputKinds.map((kind) => [kind.use, kind] as const))("%s: its usual settings are taken", (_, kind) => {
    expect(kind.fragment.parse(kind.usual)).toEqual(kind.usual);
    expect(kind.fragment.safeParse({ ...kind.usual, address: 65_536 }).success).toBe(false);
    expect(kind.fragment.safeParse({ ...kind.usual, adress: 1 }).success).toBe(false);
  });

  it("is read in its own table and at its own address: input 9 is not coil 9, nor its neighbor", async () => {
    const contacts = await device();
    contacts.set("discrete", 9, true);
    const [input, neighbor, coil] = [discreteOf(contacts, 9), discreteOf(contacts, 8), coilOf(contacts, 9)];
    expect(await Promise.all([input.read(), neighbor.read(), coil.read()])).toEqual([true, false, false]);
    contacts.set("coils", 9, true);
    contacts.set("discrete", 9, false);
    expect(await Promise.all([input.read(), neighbor.read(), coil.read()])).toEqual([false, false, true]);
  });

  it.each([
    ["another unit", 0, { unit: 7 }, /exception 11/],
    ["an address that the device has not", 40, {}, /exception 2/],
  ] as const)("of %s is no state of the contact: the error names where and why", async (_, address, changes, why) => {
    const contacts = await device();
    const read = discreteOf(contacts, address, changes).read();
    await expect(read).rejects.toThrow(PortDataError);
    await expect(read).rejects.toThrow(why);
    await expect(read).rejects.toThrow(`discrete input ${address} (127.0.0.1:${contacts.port}`);
  });

  it("that does not answer, or is away, is an error within its time, and is read again once it is back", async () => {
    const contacts = await device();
    contacts.set("discrete", 0, true);
    const input = discreteOf(contacts, 0);
    await contacts.fault({ kind: "silent" });
    await expect(input.read()).rejects.toThrow(PortUnavailableError);
    await contacts.fault({ kind: "stopped" });
    await expect(input.read()).rejects.toThrow(/ECONNREFUSED.*is it reachable\?/);
    await contacts.fault(undefined);
    expect(await input.read()).toBe(true);
  });

  it("is read at once after the device has closed the connection that was kept open", async () => {
    const contacts = await device();
    const input = discreteOf(contacts, 0);
    expect(await input.read()).toBe(false);
    await contacts.fault({ kind: "stopped" });
    await contacts.fault(undefined);
    expect(await input.read()).toBe(false);
  });
});
