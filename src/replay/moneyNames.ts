import { usdText } from "../domain/units/figures.ts";
import { rational } from "../domain/units/rational.ts";

/**
 * What a path of a settled value passes by, in the words of an accountant: the client, the interval, the account.
 * `.intervals[24].feeders[1].energyWh` of a settlement gives `interval 2026-08-18/7/1, client bluestem`; empty where
 * nothing on the way names one.
 */
export function namesOnPath(value: unknown, path: string): string {
  const names = new Map<string, string>();
  let here = value;
  for (const [, member, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    collect(here, names);
    here =
      isRecord(here) || Array.isArray(here) ? (here as Record<string, unknown>)[member ?? String(index)] : undefined;
  }
  collect(here, names);
  return [...names].map(([what, name]) => `${what} ${name}`).join(", ");
}

/**
 * An amount in 10⁻⁸ USD or in cents, by its member's name, with dollars beside it: `345008855 (3.45008855 USD)`; every
 * other value as it is.
 */
export function withDollars(path: string, value: unknown): unknown {
  const e8PerUnit = path.endsWith("E8") ? 1n : path.endsWith("Cents") ? 1_000_000n : undefined;
  if (e8PerUnit === undefined || typeof value !== "string" || !/^-?\d{1,40}$/.test(value)) return value;
  return `${value} (${usdText(rational(BigInt(value) * e8PerUnit))} USD)`;
}

const NAMED = { clientId: "client", intervalKey: "interval", account: "account", entryId: "entry" } as const;

function collect(value: unknown, names: Map<string, string>): void {
  if (!isRecord(value)) return;
  for (const [member, what] of Object.entries(NAMED)) {
    const name = value[member];
    if (typeof name === "string") names.set(what, name);
  }
  const { operatingDay, hourEnding, interval, repeatedHour } = isRecord(value["interval"]) ? value["interval"] : {};
  if (operatingDay !== undefined)
    names.set(
      "interval",
      `${String(operatingDay)}/${String(hourEnding)}/${String(interval)}${repeatedHour ? "R" : ""}`,
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
