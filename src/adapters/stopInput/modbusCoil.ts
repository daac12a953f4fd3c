import { z } from "zod";
import type { StopInputKind } from "../../ports/stopInputKind.ts";
import { modbusBitSettings, overModbus } from "./modbusBit.ts";

const fragment = z.strictObject({ use: z.literal("modbus-coil"), ...modbusBitSettings }).meta({
  description: "A coil over Modbus TCP: a relay output or a flag that the device sets; it is read, never set",
});

/** A coil, Modbus application protocol 1.1b3, §6.1: function 1, Read Coils. */
export const modbusCoil = {
  use: "modbus-coil",
  title: "Coil over Modbus TCP",
  fragment,
  usual: { use: "modbus-coil", host: "10.4.0.20", port: 502, unit: 1, address: 0 },
  ...overModbus({ called: "coil", ask: (client, address) => client.readCoils(address, 1) }),
} as const satisfies StopInputKind<z.infer<typeof fragment>> & { readonly fragment: typeof fragment };
