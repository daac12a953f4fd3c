import type { Pool } from "../../adapters/postgres/pool.ts";
import { documentsToArchive, markArchived } from "../../adapters/postgres/archivedDocuments.ts";
import type { FolderArchive } from "../../adapters/archive/folderArchive.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { Deployment } from "../worker/deployment.ts";
import { feedSource } from "../worker/registries.ts";

/** Days in the database of a document whose source no site lists any more. */
const DAYS_OF_OTHERS = 400;
const DAY_SECONDS = 86_400;

/** Days for which each source's documents stay in the database: what a feed's entry says, the longest of several. */
export function keepDaysOf(deployments: readonly Pick<Deployment, "feeds">[]): ReadonlyMap<string, number> {
  const days = new Map<string, number>();
  for (const feed of deployments.flatMap(({ feeds }) => feeds)) {
    const { source, keepDays = DAYS_OF_OTHERS } = feedSource(feed);
    const own = "keepDays" in feed && feed.keepDays !== undefined ? feed.keepDays : keepDays;
    days.set(source, Math.max(own, days.get(source) ?? 0));
  }
  return days;
}

/** What has gone to the archive. */
export interface Archived {
  readonly documents: number;
  /** Of the files that were written. */
  readonly bytes: number;
}

/**
 * Move the bytes of documents that are older than their source's days from the database to the archive, oldest first:
 * first they are on disk there and read back, then they leave. Their rows stay. @throws what disk or database throw;
 * called again, it goes on where it was
 */
export async function archiveDocuments(
  pool: Pool,
  archive: FolderArchive,
  keepDays: ReadonlyMap<string, number>,
  now: Instant,
): Promise<Archived> {
  let [documents, bytes] = [0, 0];
  const before = new Map([...keepDays].map(([source, days]) => [source, addSeconds(now, -days * DAY_SECONDS)]));
  while (true) {
    const found = await documentsToArchive(pool, before, addSeconds(now, -DAYS_OF_OTHERS * DAY_SECONDS));
    if (found.length === 0) return { documents, bytes };
    for (const [day, own] of Map.groupBy(found, ({ fetchedAt }) => fetchedAt.slice(0, 10)))
      bytes += archive.keep(day, own);
    await markArchived(pool, found, now);
    documents += found.length;
  }
}
