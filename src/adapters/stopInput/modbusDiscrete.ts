import { z } from "zod";
import type { StopInputKind } from "../../ports/stopInputKind.ts";
import { modbusBitSettings, overModbus } from "./modbusBit.ts";

const fragment = z
  .strictObject({ use: z.literal("modbus-discrete"), ...modbusBitSettings })
  .meta({ description: "A discrete input over Modbus TCP: a contact wired to the device" });

/** A discrete input, Modbus application protocol 1.1b3, §6.2: function 2, Read Discrete Inputs. */
export const modbusDiscrete = {
  use: "modbus-discrete",
  title: "Discrete input over Modbus TCP",
  fragment,
  usual: { use: "modbus-discrete", host: "10.4.0.20", port: 502, unit: 1, address: 0 },
  ...overModbus({ called: "discrete input", ask: (client, address) => client.readDiscreteInputs(address, 1) }),
} as const satisfies StopInputKind<z.infer<typeof fragment>> & { readonly fragment: typeof fragment };
