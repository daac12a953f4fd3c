import { createHash } from "node:crypto";
import type { FolderArchive } from "../../adapters/archive/folderArchive.ts";
import {
  type DamagedDocument,
  documentsToArchive,
  feedOf,
  markArchived,
  oldestInDatabase,
} from "../../adapters/postgres/archivedDocuments.ts";
import type { Pool, PoolClient } from "../../adapters/postgres/pool.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import type { KeptDocument } from "../../ports/documentArchive.ts";
import type { Deployment } from "../worker/deployment.ts";
import { feedSource } from "../worker/registries.ts";

/** Days in the database of a document whose source no site lists any more. */
const DAYS_OF_OTHERS = 400;
const DAY_SECONDS = 86_400;

/** Days for which documents stay in the database, by source. */
export type KeepDays = ReadonlyMap<string, number>;

/**
 * Days for which each source's documents stay in the database: what a feed's entry says, the longest of several; those
 * of retired sites too.
 */
export function keepDaysOf(deployments: readonly Pick<Deployment, "feeds">[]): KeepDays {
  const days = new Map<string, number>();
  for (const feed of deployments.flatMap(({ feeds }) => feeds)) {
    const { source, keepDays = DAYS_OF_OTHERS } = feedSource(feed);
    const own = "keepDays" in feed && feed.keepDays !== undefined ? feed.keepDays : keepDays;
    days.set(source, Math.max(own, days.get(source) ?? 0));
  }
  return days;
}

/**
 * When the document that is in the database beyond its days the longest had to leave it, or when the first one will
 * have to; undefined where the database has no document's bytes. @throws PortUnavailableError when it is away
 */
export async function archiveOwedSince(on: Pool | PoolClient, keepDays: KeepDays): Promise<Instant | undefined> {
  const oldest = await oldestInDatabase(on);
  const ends = [...oldest].map(([source, at]) => addSeconds(at, keptSeconds(source, keepDays)));
  return ends.toSorted()[0];
}

/** What has gone to the archive. */
export interface ArchivedDocuments {
  readonly documents: number;
  /** Of the files that were written. */
  readonly bytes: number;
  /** Those that stay, for their bytes are not what they were: none of them keeps the others. */
  readonly damaged: readonly DamagedDocument[];
}

/**
 * Move the bytes of documents that are older than their source's days from the database to the archive, oldest first:
 * first they are on disk there and read back, then they leave. Their rows stay. `dueAt`: those that had to leave by
 * then; `now`: when they leave. @throws what disk or database throw; called again, it goes on where it was
 */
export async function archiveDocuments(
  on: Pool | PoolClient,
  archive: FolderArchive,
  keepDays: KeepDays,
  { dueAt, now = dueAt }: { readonly dueAt: Instant; readonly now?: Instant },
): Promise<ArchivedDocuments> {
  let [documents, bytes] = [0, 0];
  const damaged: DamagedDocument[] = [];
  const sources = [...(await oldestInDatabase(on)).keys()];
  const before = new Map(sources.map((source) => [source, addSeconds(dueAt, -keptSeconds(source, keepDays))]));
  while (true) {
    const found = (await documentsToArchive(on, before, damaged.length)).map(held);
    if (found.length === 0) return { documents, bytes, damaged };
    const whole = found.filter((one): one is KeptDocument => !("problem" in one));
    for (const [day, own] of Map.groupBy(whole, ({ fetchedAt }) => fetchedAt.slice(0, 10)))
      bytes += archive.keep(day, own);
    await markArchived(on, whole, now);
    documents += whole.length;
    damaged.push(...found.filter((one): one is DamagedDocument => "problem" in one));
  }
}

function keptSeconds(source: string, keepDays: KeepDays): number {
  return (keepDays.get(feedOf(source)) ?? DAYS_OF_OTHERS) * DAY_SECONDS;
}

/** A document whose bytes are those of its hash; what is none is told, and never leaves. */
function held(document: KeptDocument | DamagedDocument): KeptDocument | DamagedDocument {
  if ("problem" in document) return document;
  const { source, documentId, sha256, bytes } = document;
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (digest === sha256) return document;
  return { source, documentId, problem: `SHA-256 ${digest} instead of ${sha256}` };
}
