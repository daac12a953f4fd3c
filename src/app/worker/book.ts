import type { Retirement } from "../../ports/retirements.ts";
import { centralTime } from "../timeText.ts";
import type { Deployment } from "./deployment.ts";

/** Sites that run together: one database, one task queue, feeds that they share. */
export interface Book {
  readonly bookId: string;
  readonly deployments: readonly Deployment[];
  /** Those of them that are out of service: they are settled and corrected, and told nothing. */
  readonly retired?: readonly Retirement[];
}

/** Where a book's old documents go, an absolute path, and when: Central `HH:MM`. */
export interface ArchiveSettings {
  readonly folder: string;
  readonly at: string;
}

/** The sites of a book that are in service. */
export function inService({ deployments, retired = [] }: Pick<Book, "deployments" | "retired">): readonly Deployment[] {
  return deployments.filter(({ plan }) => !retired.some(({ siteId }) => siteId === plan.siteId));
}

/** The sites whose machines and meters the book's own process reaches: those without a gateway of their own. */
export function reachedSites(deployments: readonly Deployment[]): string[] {
  return deployments.flatMap(({ plan, hasGateway }) => (hasGateway === true ? [] : [plan.siteId]));
}

/** A site that runs by itself: a book of one, with the site's own name. */
export function bookOfOne(deployment: Deployment): Book {
  return { bookId: deployment.plan.siteId, deployments: [deployment] };
}

/** Who retired a site, when and why, for a person. */
export function retiredText({ siteId, actor, reason, at }: Retirement): string {
  return `site ${siteId} is retired, by ${actor} at ${centralTime(at)} Central: ${reason}`;
}
