import { UnitError } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { instantOfEpoch, outsideInstantProblem } from "../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RawDocument, Report } from "../../ports/marketFeed.ts";
import { dashboardInstant } from "./dashboardJson.ts";

/**
 * The moment that a dashboard speaks of: the newest of its own `epochs`, by what each is called, else `lastUpdated`,
 * which moves with every writing of the page. An epoch that lies ahead of the reading is left out and told to `report`:
 * taken for the newest, it would hide every true one until then. Ballast's own rule.
 * @throws PortDataError when there is no time that has come
 */
export function pageStamp(
  epochs: Readonly<Record<string, unknown>>,
  lastUpdated: unknown,
  { source, documentId, fetchedAt }: RawDocument,
  report?: Report,
): Instant {
  const ahead = (what: string, stamp: Instant): string | undefined => {
    const problem = outsideInstantProblem(stamp, fetchedAt, Number.POSITIVE_INFINITY);
    return problem === undefined ? undefined : `${source}: ${what}: ${problem}`;
  };
  const come = Object.entries(epochs).flatMap(([what, epoch]) => {
    const stamp = instantOf(epoch);
    const problem = stamp === undefined ? undefined : ahead(what, stamp);
    if (problem !== undefined) report?.(problem);
    return stamp === undefined || problem !== undefined ? [] : [stamp];
  });
  const newest = come.toSorted().at(-1);
  if (newest !== undefined) return newest;
  const stamp = dashboardInstant(lastUpdated, "lastUpdated", `${source} document ${documentId}`);
  const problem = ahead("lastUpdated", stamp);
  if (problem !== undefined) throw new PortDataError(problem);
  return stamp;
}

/** The moment of an epoch that has come; undefined for what is none, and for one ahead of the reading. */
export function comeEpoch(epoch: unknown, { fetchedAt }: RawDocument): Instant | undefined {
  const stamp = instantOf(epoch);
  if (stamp === undefined) return undefined;
  return outsideInstantProblem(stamp, fetchedAt, Number.POSITIVE_INFINITY) === undefined ? stamp : undefined;
}

/** Undefined for what is no epoch, in seconds or milliseconds. */
function instantOf(epoch: unknown): Instant | undefined {
  try {
    return instantOfEpoch(epochNumber(epoch));
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

/** NaN for what is neither a number nor a text of one. */
function epochNumber(epoch: unknown): number {
  if (typeof epoch === "number") return epoch;
  return typeof epoch === "string" && epoch.trim() !== "" ? Number(epoch) : Number.NaN;
}
