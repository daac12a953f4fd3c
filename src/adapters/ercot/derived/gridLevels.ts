import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { GridConditionObservation } from "../../../domain/inputs/gridCondition.ts";
import { GRID_CONDITION } from "../../../domain/inputs/gridKnown.ts";
import { normalizeGridState } from "../../../domain/market/normalizeGridState.ts";
import { type Instant, parseInstant, UnitError } from "../../../domain/units/instant.ts";
import { PortDataError } from "../../../ports/errors.ts";
import type { FeedParameters, FeedSource } from "../../../ports/feedSource.ts";
import type { RawDocument } from "../../../ports/marketFeed.ts";
import { nextRegularPollAt } from "../pollSchedule.ts";
import { jsonOf } from "./jsonOf.ts";

const fragment = z
  .strictObject({
    use: z.literal("derived/grid-levels"),
    path: z.string().min(1).meta({ description: "CSV with from, state, eea_level and source, relative to this file" }),
  })
  .meta({ description: "Grid levels of a past emergency from a table of when they were declared" });

type Settings = z.infer<typeof fragment>;

const SOURCE = "derived/grid-levels";
const POLL_SECONDS = 60;

/**
 * Grid levels of a past emergency, of which no page was recorded: a table of when they were declared, each row with the
 * paper that says so. Read as a page is, every minute: a level counts at the second poll that says it. Quality DERIVED;
 * there is no PRC.
 */
export const gridLevels: FeedSource<Settings> & { readonly fragment: typeof fragment } = {
  use: "derived/grid-levels",
  title: "Grid levels of a past emergency from a table, marked DERIVED",
  source: SOURCE,
  gives: GRID_CONDITION,
  role: "record",
  isOptional: true,
  fragment,
  usual: { use: "derived/grid-levels", path: "grid-levels.csv" },
  identity,
  open: (parameters) => ({
    feedId: identity(parameters),
    parse: parseDerivedLevel,
    nextPollAt: (at) => nextRegularPollAt(POLL_SECONDS, 20, at),
    poll: (_cursor, fetchedAt) =>
      Promise.resolve({ documents: [derivedLevel(parameters, fetchedAt)], cursor: fetchedAt }),
  }),
  read: parseDerivedLevel,
  silentAfterSeconds: ({ gridConditionSeconds }) => gridConditionSeconds,
  notRead: ({ gridSource }) =>
    gridSource === "feed" ? undefined : `the grid levels are not read: site.gridSource is ${gridSource}`,
  local: (parameters, at) => parseDerivedLevel(derivedLevel(parameters, at), ""),
  describe: ({ path }) => `grid levels of ${path}`,
};

function identity({ path }: Settings): string {
  return `grid-condition/derived/${basename(path)}`;
}

interface LevelRow {
  readonly from: Instant;
  readonly state: string;
  readonly eeaLevel: number;
  readonly source: string;
}

/** A document of Ballast's own making: what the table says of a moment. */
function derivedLevel({ path }: FeedParameters<Settings>, at: Instant): RawDocument {
  const bytes = bytesOf(path);
  const row = levelRows(bytes, path).findLast(({ from }) => from <= at);
  if (row === undefined) throw new PortDataError(`${path}: no level at ${at}; expected a first row before it`);
  const said = { at, ...row, file: basename(path), sha256: createHash("sha256").update(bytes).digest("hex") };
  return {
    source: SOURCE,
    documentId: `${basename(path)}@${at}`,
    fetchedAt: at,
    contentType: "application/json",
    bytes: Buffer.from(JSON.stringify(said)),
  };
}

const LEVEL = z.object({ at: z.string(), state: z.string(), eeaLevel: z.int().min(0).max(3) });

/** The level of a stored derived document. Pure. @throws PortDataError when it is no such document */
export function parseDerivedLevel(document: RawDocument, contentHash: string): GridConditionObservation[] {
  const { source, documentId, fetchedAt } = document;
  const { success, data } = LEVEL.safeParse(jsonOf(document));
  if (!success)
    throw new PortDataError(`${source} document ${documentId}: expected a level with at, state and eeaLevel`);
  const { level, unreadable } = normalizeGridState(data.state, data.eeaLevel);
  return [
    {
      kind: GRID_CONDITION,
      source,
      documentId,
      contentHash,
      fetchedAt,
      quality: "DERIVED",
      level,
      ...(unreadable ? { unreadable: true as const } : {}),
      stateText: `${data.state} (derived)`,
      observedAt: parseInstant(data.at),
    },
  ];
}

const COLUMNS = z.strictObject({
  from: z.string(),
  state: z.string().min(1).max(40),
  eea_level: z.string().regex(/^[0-3]$/),
  source: z.string().min(1),
});

/** Rows of a table, ascending. @throws PortDataError naming the line and what was expected */
function levelRows(bytes: Buffer, path: string): LevelRow[] {
  const rows = parse(bytes, { columns: true, trim: true, skip_empty_lines: true }) as unknown[];
  const read = rows.map((row, i): LevelRow => {
    const { success, data } = COLUMNS.safeParse(row);
    const where = `${path}: line ${i + 2}`;
    if (!success) throw new PortDataError(`${where}: expected from, state, eea_level (0 to 3) and source`);
    try {
      return {
        from: parseInstant(data.from),
        state: data.state,
        eeaLevel: Number(data.eea_level),
        source: data.source,
      };
    } catch (cause) {
      if (!(cause instanceof UnitError)) throw cause;
      throw new PortDataError(`${where}: ${cause.message}`, { cause });
    }
  });
  return read.toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new PortDataError(
      `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code}); expected the table that its path names`,
      { cause },
    );
  }
}
