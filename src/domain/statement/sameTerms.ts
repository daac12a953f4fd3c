import type { OperatingDay } from "../market/model.ts";
import type { Contract, Supply } from "../settlement/model.ts";
import { covers } from "../units/effectiveDates.ts";
import { sameValue } from "../units/sameValue.ts";
import type { Statement } from "./model.ts";

type Schema = Statement["schema"];

/** Statements in which every edit of contract or supply has lines of its own, each rounded. They stay as issued. */
const EDITS_APART: Schema = "ballast.statement/1";

/**
 * Whether two forms of a contract charge and credit the same. When it begins and ends, how the client is called and how
 * long it may dispute changes no line of a statement, but of one of schema 1.
 */
export function sameContractTerms(one: Contract, other: Contract, schema: Schema): boolean {
  if (schema === EDITS_APART) return sameValue(one, other);
  return sameValue(chargingTerms(one), chargingTerms(other));
}

/**
 * Whether two forms of a supply give a day the same blocks and adders, whatever they say of other days; in schema 1
 * that counts too.
 */
export function sameSupplyOn(day: OperatingDay, one: Supply, other: Supply, schema: Schema): boolean {
  if (schema === EDITS_APART) return sameValue(one, other);
  return sameValue(supplyOn(day, one), supplyOn(day, other));
}

function chargingTerms(contract: Contract): object {
  const { effectiveFrom: _from, effectiveTo: _to, clientName: _name, disputeDays: _days, ...terms } = contract;
  return terms;
}

function supplyOn(day: OperatingDay, { blocks, ...rest }: Supply): object {
  const inForce = blocks.filter((block) => covers(block, day));
  return { ...rest, blocks: inForce.map(({ effectiveFrom: _from, effectiveTo: _to, ...block }) => block) };
}
