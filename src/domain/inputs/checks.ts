import { parseIntervalKey } from "../market/calendar.ts";
import { isCleanText } from "../units/foreignText.ts";
import { UnitError, isInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";

/** Longest name, id, hash or source. */
const NAME_CHARS = 200;
/** Longest text for a person. */
const TEXT_CHARS = 500;
/** Cohorts that one order or instruction may name. */
const COHORTS = 500;
/** No price or hashprice has ever been near it, $. */
const USD_MAX = 1_000_000;
/** No site takes more, kW. */
const KW_MAX = 1_000_000;

/** More than ERCOT's whole demand, MW. */
const DEPLOYED_MW_MAX = 200_000;

/** What was expected of a value, or undefined when it is that. */
export type Check = (value: unknown) => string | undefined;
/** The members of an object, each with its check. */
export type Members = Readonly<Record<string, Check>>;

/** Name, id, hash or source: not blank, at most 200 printable characters. */
export const name: Check = (value) =>
  typeof value === "string" && value.trim() !== "" && isCleanText(value, NAME_CHARS)
    ? undefined
    : `text of 1 to ${NAME_CHARS} printable characters`;
/** Text for a person, one line of at most 500 printable characters. */
export const text: Check = (value) =>
  typeof value === "string" && isCleanText(value, TEXT_CHARS)
    ? undefined
    : `one line of at most ${TEXT_CHARS} printable characters`;
/** An instant in its one form, from 2000 to 2099. */
export const instant: Check = (value) =>
  typeof value === "string" && isInstant(value) && value >= "2000-" && value < "2100-"
    ? undefined
    : "an instant such as 2026-08-18T22:05:11.000Z";
/** Price, $/MWh. */
export const usd: Check = (value) =>
  typeof value === "number" && value >= -USD_MAX && value <= USD_MAX ? undefined : `a number within ±${USD_MAX}`;
/** Hashprice, $/PH/day: above 0. */
export const hashpriceUsd: Check = (value) =>
  typeof value === "number" && value > 0 && value <= USD_MAX ? undefined : `a number above 0, at most ${USD_MAX}`;
/** A finite number. */
export const number: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) ? undefined : "a number that is not NaN or infinite";
/** A number above 0. */
export const positive: Check = (value) =>
  typeof value === "number" && value > 0 && Number.isFinite(value) ? undefined : "a number above 0";
/** A whole number from 0 on. */
export const count: Check = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? undefined : "a whole number from 0 on";
/** Key of a settlement interval that exists. */
export const interval: Check = (value) => (typeof value === "string" ? intervalProblem(value) : "an interval key");
/** Some cohorts of a site. */
export const cohortIds: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= COHORTS && value.every((one) => name(one) === undefined)
    ? undefined
    : `a list of 1 to ${COHORTS} cohort ids`;

/** Power, kW: from 0 to a gigawatt. */
export const kw: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= KW_MAX ? undefined : `a number of kW from 0 to ${KW_MAX}`;
/** Power, MW, in plain decimal text that is not negative. */
export const decimalMw: Check = (value) =>
  typeof value === "string" && /^\d{1,9}(?:\.\d{1,30})?$/.test(value) ? undefined : "MW as decimal text, such as 12.5";
/** Power deployed all over the grid, MW. */
export const deployedMw: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= DEPLOYED_MW_MAX
    ? undefined
    : `a number of MW from 0 to ${DEPLOYED_MW_MAX}`;
/** How far load is to come down. */
export const demand: Check = (value) => {
  if (!isObject(value)) return "an object with kind and kw";
  const { kind } = value;
  if (kind === "off") return undefined;
  if (kind !== "target" && kind !== "reduce") return "an object of kind off, target or reduce";
  const problem = problemOf({ kw, fromKw: optional(kw) }, value);
  return problem === undefined ? undefined : `a demand that fits: ${problem}`;
};
/** A list, not too long, of what each passes the check. */
export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length > COHORTS) return `a list of at most ${COHORTS}`;
    const expected = value.map(check).find((one) => one !== undefined);
    return expected === undefined ? undefined : `a list, each ${expected}`;
  };
}

/** A member that may be absent. */
export function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

/** One of a few values. */
export function oneOf<T extends string | true>(values: readonly T[]): Check {
  return (value) => (values.some((one) => one === value) ? undefined : values.join(" or "));
}

/** An object with such members; others are let through. */
export function object(members: Members): Check {
  return (value) => {
    if (!isObject(value)) return "an object";
    const problem = problemOf(members, value);
    return problem === undefined ? undefined : `an object that fits: ${problem}`;
  };
}

/**
 * What is wrong with an object's members, undefined when nothing is: the first that fails its check, then an end
 * (`until`) that is not after its beginning (`from`).
 */
export function problemOf(members: Members, value: Readonly<Record<string, unknown>>): string | undefined {
  for (const [member, check] of Object.entries(members)) {
    const expected = check(value[member]);
    if (expected !== undefined) return `${member} is ${shown(value[member])}; expected ${expected}`;
  }
  const { from, until } = value as { from?: Instant; until?: Instant };
  return from !== undefined && until !== undefined && until <= from
    ? `it ends at ${until}, which is not after its beginning at ${from}`
    : undefined;
}

/** Whether a value is an object with members, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function intervalProblem(key: string): string | undefined {
  try {
    parseIntervalKey(key);
    return undefined;
  } catch (error) {
    if (error instanceof UnitError) return "an interval key such as 2024-08-20/21/2";
    throw error;
  }
}

/** A foreign value for a message: short, and as JSON without control characters. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  return value === null
    ? "null"
    : typeof value === "object"
      ? Array.isArray(value)
        ? "a list"
        : "an object"
      : typeof value;
}
