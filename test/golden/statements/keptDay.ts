import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SettlementDayInput } from "../../../src/domain/settlement/model.ts";

/** The kept day, as check.py reads it too. */
export function keptDay(): SettlementDayInput {
  return JSON.parse(readFileSync(join(import.meta.dirname, "day.json"), "utf8")) as SettlementDayInput;
}
