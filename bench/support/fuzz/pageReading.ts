import { wallAt } from "./centralClock.ts";
import type { Chance } from "./chance.ts";
import { decimalOf, type Fact } from "./reading.ts";

export type Json = unknown;
export type Members = Record<string, Json>;

/** A dashboard's page: what it holds, and what it says by an independent reading. */
export interface Page {
  readonly use: string;
  readonly make: (chance: Chance, nowMs: number) => Members;
  /** Facts, each with every value that may be read; must-facts alone where nothing was done. */
  readonly read: (page: Members, nowMs: number) => readonly (Fact & { readonly isNeeded: boolean })[];
  /** Keys of facts that the page says nobody has measured: it owes nobody a word about them. */
  readonly unsaid?: (page: Members) => readonly string[];
}

/** A day whose clock changes, or another. */
export const DAYS = ["2026-11-01", "2026-03-08", "2026-08-18", "2025-12-31"];
export const NEAR_MS = 120_000;

export function stamp(ms: number): string {
  const { day, time } = wallAt(ms);
  const [hours, minutes] = time.split(":");
  const offset = Math.round((ms - Date.parse(`${day}T${hours}:${minutes}:00Z`)) / 3_600_000);
  return `${day} ${time}-0${offset}00`;
}

/** Moment of an epoch in seconds or milliseconds that has come. */
export function epochOf(value: Json, nowMs: number): number | undefined {
  const number =
    typeof value === "number" || (typeof value === "string" && value.trim() !== "") ? Number(value) : Number.NaN;
  const ms = number > 1e12 && number < 1e14 ? number : number > 1e9 && number < 1e11 ? number * 1_000 : Number.NaN;
  return ms <= nowMs + NEAR_MS ? Math.round(ms) : undefined;
}

/** Moment of a stamp with its offset that has come. */
export function stampedAt(value: Json, nowMs: number): number | undefined {
  const ms =
    typeof value === "string" && /[+-]\d\d:?\d\d$/.test(value.trim())
      ? Date.parse(value.trim().replace(" ", "T"))
      : Number.NaN;
  return ms <= nowMs + NEAR_MS ? ms : undefined;
}

export function atFacts(key: string, moments: readonly (number | undefined)[]): (Fact & { isNeeded: boolean })[] {
  const come = moments.filter((ms) => ms !== undefined);
  return come.map((ms) => ({ key, value: new Date(ms).toISOString(), isNeeded: come.length === 1 }));
}

export function rowsOf(value: Json): readonly Members[] {
  return Array.isArray(value) ? value.filter((row): row is Members => typeof row === "object" && row !== null) : [];
}

export function megawatts(key: string, value: Json, largest?: number, least = 0): (Fact & { isNeeded: boolean })[] {
  const text = typeof value === "number" || typeof value === "string" ? decimalOf(String(value)) : undefined;
  const isPossible = largest === undefined || (Number(text) >= least && Number(text) <= largest);
  return text === undefined || !isPossible ? [] : [{ key, value: text, isNeeded: typeof value === "number" }];
}
