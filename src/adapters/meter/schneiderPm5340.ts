import { z } from "zod";
import type { MeterKind } from "../../ports/meterKind.ts";
import { modbusSettings, overModbus } from "./modbusLine.ts";
import type { RegisterMap } from "./registerMap.ts";

/**
 * Schneider Electric PowerLogic PM5340, Modbus TCP, function 3. Vendor: register list
 * "PM5100_PM5300_ModbusRegisterList" (FAQ FA234017): 3060 Active Power Total, FLOAT32, kW; 3204 Active Energy Delivered
 * (Into Load), INT64, Wh. The list counts from 1, the wire from 0, and a request that cuts a value in two is refused
 * (vendor FAQ FA275098). High word first. Not verified on a device: the marks for "not available" (NaN, and
 * 0x8000000000000000 for INT64), and where the register rolls over. INT64's own limit stands for it: a meter that
 * starts again earlier shows as a backward step, which is missing energy, never wrong energy; a limit guessed too low
 * would lose every reading above it.
 */
const REGISTERS = {
  model: "PM5340",
  powerKw: { address: wire(3060), registers: 2, decode: floatUnlessNan },
  registerWh: { address: wire(3204), registers: 4, decode: int64UnlessNegative },
  rolloverWh: 2n ** 63n,
} as const satisfies RegisterMap;

function wire(listedRegister: number): number {
  return listedRegister - 1;
}

function floatUnlessNan(bytes: Buffer): number | undefined {
  const value = bytes.readFloatBE(0);
  return Number.isFinite(value) ? value : undefined;
}

function int64UnlessNegative(bytes: Buffer): bigint | undefined {
  const value = bytes.readBigInt64BE(0);
  return value < 0n ? undefined : value;
}

const fragment = z
  .strictObject({ use: z.literal("pm5340"), ...modbusSettings })
  .meta({ description: "Schneider Electric PowerLogic PM5340 over Modbus TCP" });

/** PM5340 as the registry lists it; asked over its own Ethernet port it answers to unit 255 too. */
export const schneiderPm5340 = {
  use: "pm5340",
  title: "Schneider Electric PowerLogic PM5340 over Modbus TCP",
  fragment,
  usual: { use: "pm5340", host: "10.4.0.1", port: 502, unit: 1 },
  ...overModbus(REGISTERS),
} as const satisfies MeterKind<z.infer<typeof fragment>> & { readonly fragment: typeof fragment };
