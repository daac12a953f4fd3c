import { modbusCoil } from "./modbusCoil.ts";
import { modbusDiscrete } from "./modbusDiscrete.ts";

/** Kinds of stop inputs that a configuration can name, each in a file of its own. */
export const stopInputKinds = [modbusDiscrete, modbusCoil] as const;
