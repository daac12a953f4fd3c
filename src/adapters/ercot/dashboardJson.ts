import { cleanText, foreignValueText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { UnitError, parseInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";

/**
 * The object of one of ERCOT's dashboard files, every text in it clean.
 * @throws PortDataError when the bytes are no JSON object.
 */
export function dashboardJson(bytes: Uint8Array, where: string): Record<string, unknown> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  let parsed: unknown;
  try {
    parsed = parseForeignJson(text);
  } catch (error) {
    throw new PortDataError(`${where}: expected JSON, found "${cleanText(text, 60)}"`, {
      cause: error,
    });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new PortDataError(`${where}: expected a JSON object, found ${typeof parsed}`);
  return parsed as Record<string, unknown>;
}

/** Instant of dashboard text such as `2026-08-14 01:36:00-0500`. @throws PortDataError for anything else. */
export function dashboardInstant(value: unknown, name: string, where: string): Instant {
  try {
    return parseInstant(typeof value === "string" ? value.replace(" ", "T") : "");
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new PortDataError(
      `${where}: expected ${name} such as 2026-08-14 01:36:00-0500, found ${foreignValueText(value)}`,
      { cause: error },
    );
  }
}

const KEYS_MAX = 200;

/**
 * Paths of the members of a dashboard's file, sorted: of an array those of its first element, of members that are named
 * after days or moments those of the first. At most 200.
 * @throws PortDataError when the bytes are no JSON object.
 */
export function dashboardKeys(bytes: Uint8Array, where: string): readonly string[] {
  return [...new Set(keysOf(dashboardJson(bytes, where), ""))].slice(0, KEYS_MAX).sort();
}

function* keysOf(value: unknown, path: string): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    yield* keysOf(value[0], `${path}[]`);
    return;
  }
  let hasMoment = false;
  for (const [name, inner] of Object.entries(value)) {
    const isMoment = /\d{4}-\d\d-\d\d/.test(name);
    if (isMoment && hasMoment) continue;
    hasMoment ||= isMoment;
    const called = isMoment ? "<moment>" : cleanText(name, 60);
    const own = path === "" ? called : `${path}.${called}`;
    yield own;
    yield* keysOf(inner, own);
  }
}
