import type { GridConditionObservation } from "../../domain/market/model.ts";
import { normalizeGridState } from "../../domain/market/normalizeGridState.ts";
import { instantFromMs } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument } from "../../ports/marketFeed.ts";
import { dashboardInstant, dashboardJson } from "./dashboardJson.ts";

/**
 * Grid condition in a stored `daily-prc.json`. Pure. An unknown state is level `unknown`, with its text; a PRC that is
 * missing or no number is absent and does not hide the state. Observed at `current_condition.datetime`, else
 * `lastUpdated`.
 * @throws PortDataError when there is no `current_condition.state` or no time.
 */
export function parseGridConditionJson(document: RawDocument, contentHash: string): GridConditionObservation[] {
  const where = `${document.source} document ${document.documentId}`;
  const { lastUpdated, current_condition } = dashboardJson(document.bytes, where);
  if (typeof current_condition !== "object" || current_condition === null) {
    throw new PortDataError(
      `${where}: expected an object current_condition, found ${JSON.stringify(current_condition)}`,
    );
  }
  const { state, eea_level, prc_value, datetime } = current_condition as Record<string, unknown>;
  if (typeof state !== "string" || state.trim() === "") {
    throw new PortDataError(`${where}: expected current_condition.state as text, found ${JSON.stringify(state)}`);
  }
  const eeaLevel = eea_level === undefined || eea_level === null || eea_level === "" ? undefined : Number(eea_level);
  const level = normalizeGridState(state, eeaLevel);
  return [
    {
      kind: "grid-condition",
      source: document.source,
      documentId: document.documentId,
      contentHash,
      fetchedAt: document.fetchedAt,
      quality: level === "unknown" ? "SUSPECT" : "PUBLISHED",
      level,
      stateText: level === "unknown" && eeaLevel !== undefined ? `${state} (eea_level ${String(eea_level)})` : state,
      prcMw: megawatts(prc_value),
      observedAt: observedAt(datetime, lastUpdated, where),
    },
  ];
}

/** `"18,807"` → 18807. */
function megawatts(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  return /^\d{1,3}(,\d{3})*(\.\d+)?$|^\d+(\.\d+)?$/.test(text) ? Number(text.replaceAll(",", "")) : undefined;
}

function observedAt(epochSeconds: unknown, lastUpdated: unknown, where: string): Instant {
  const seconds = epochSeconds === null || epochSeconds === "" ? Number.NaN : Number(epochSeconds);
  return Number.isInteger(seconds) && seconds > 0
    ? instantFromMs(seconds * 1000)
    : dashboardInstant(lastUpdated, "lastUpdated", where);
}
