import type { Deployment } from "./deployment.ts";

/** Sites that run together: one database, one task queue, feeds that they share. */
export interface Book {
  readonly bookId: string;
  readonly deployments: readonly Deployment[];
}

/** A site that runs by itself: a book of one, with the site's own name. */
export function bookOfOne(deployment: Deployment): Book {
  return { bookId: deployment.plan.siteId, deployments: [deployment] };
}
