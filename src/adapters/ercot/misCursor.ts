import { addSeconds, instantFromMs, msOfInstant } from "../../domain/units/instant.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { PublicationDelays } from "./publicationDelays.ts";
import { OUTSIDE_AHEAD_SECONDS_MAX } from "../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { MisDocument } from "./misDocumentList.ts";

const MEMORY_SECONDS = 6 * 3600;

/** What a MIS feed remembers: which documents published since `since` it has delivered. JSON in the poll's cursor. */
export interface MisCursor {
  readonly since: Instant;
  /** DocID → publication, seconds since 1970. */
  readonly seen: Readonly<Record<string, number>>;
  /** Newest moment that a delivered document is about. */
  readonly newestAboutAt?: Instant;
  /** What was learned of the source's delays. */
  readonly delays?: PublicationDelays;
}

/** The first cursor: documents published in the last `backfillMinutes` are new. */
export function firstMisCursor(fetchedAt: Instant, backfillMinutes: number): MisCursor {
  return { since: addSeconds(fetchedAt, -backfillMinutes * 60), seen: {} };
}

/**
 * The cursor of an earlier poll, read at market time `readAt`. What lies ahead of it is brought back: a cursor in the
 * future would find nothing until then. @throws PortDataError when the text is no cursor of a MIS feed.
 */
export function readMisCursor(text: string, readAt: Instant): MisCursor {
  const parsed = safeJson(text) as Partial<MisCursor> | null | undefined;
  if (typeof parsed?.since === "string" && typeof parsed.seen === "object" && parsed.seen !== null) {
    const { since, seen, newestAboutAt, delays } = parsed as MisCursor;
    const latest = addSeconds(readAt, OUTSIDE_AHEAD_SECONDS_MAX);
    return {
      since: since > latest ? addSeconds(readAt, -MEMORY_SECONDS) : since,
      seen,
      newestAboutAt: newestAboutAt !== undefined && newestAboutAt > latest ? undefined : newestAboutAt,
      delays: isDelays(delays) ? delays : undefined,
    };
  }
  throw new PortDataError(
    `MIS cursor: expected JSON with since and seen, found "${text.slice(0, 60)}"; start without a cursor to read ` +
      `the recent documents again`,
  );
}

/** Whether a memory of delays can be counted with: one that cannot is learned again. */
function isDelays(delays: unknown): delays is PublicationDelays {
  if (typeof delays !== "object" || delays === null) return false;
  return Object.values(delays).every((hour) => Array.isArray(hour) && hour.every(Number.isFinite));
}

/** Documents not delivered yet, in the order given, each once however often it is listed. */
export function unseen(cursor: MisCursor, documents: readonly MisDocument[]): MisDocument[] {
  const listed = new Set<string>();
  return documents.filter(({ docId, publishedAt }) => {
    if (publishedAt < cursor.since || Object.hasOwn(cursor.seen, docId) || listed.has(docId)) return false;
    listed.add(docId);
    return true;
  });
}

/**
 * The cursor after `delivered` at market time `readAt`. Forgets what was published more than six hours before the
 * newest delivery: bounded. No date of a document carries it beyond `readAt`.
 */
export function advance(
  cursor: MisCursor,
  delivered: readonly MisDocument[],
  undelivered: readonly MisDocument[],
  readAt: Instant,
): MisCursor {
  const seen = {
    ...cursor.seen,
    ...Object.fromEntries(delivered.map(({ docId, publishedAt }) => [docId, secondsOf(publishedAt)])),
  };
  const newestSeen = Object.values(seen).reduce((a, b) => Math.max(a, b), secondsOf(cursor.since));
  const newestSeconds = Math.min(newestSeen, secondsOf(readAt));
  const owed = undelivered.map(({ publishedAt }) => secondsOf(publishedAt));
  const sinceSeconds = Math.max(secondsOf(cursor.since), Math.min(newestSeconds - MEMORY_SECONDS, ...owed));
  const kept = Object.fromEntries(Object.entries(seen).filter(([, seconds]) => seconds >= sinceSeconds));
  const about = [cursor.newestAboutAt, ...delivered.map(({ aboutAt }) => aboutAt)].filter((at) => at !== undefined);
  const newestAboutAt = about.reduce<Instant | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  return { since: instantFromMs(sinceSeconds * 1000), seen: kept, newestAboutAt };
}

function secondsOf(at: Instant): number {
  return Math.floor(msOfInstant(at) / 1000);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
