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
