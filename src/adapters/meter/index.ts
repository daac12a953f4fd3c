import { schneiderPm5340 } from "./schneiderPm5340.ts";

/** Meter models that a configuration can name, each in a file of its own. */
export const meterKinds = [schneiderPm5340] as const;
