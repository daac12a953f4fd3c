import { join } from "node:path";
import { FolderArchive } from "../src/adapters/archive/folderArchive.ts";
import { type Pool, query } from "../src/adapters/postgres/pool.ts";
import { archiveDocuments } from "../src/app/evidence/retention.ts";
import { parseInstant } from "../src/domain/units/instant.ts";
import { type Bench, type BenchContext, type BenchOptions, type BenchReport, countOption } from "./support/bench.ts";
import { hoursOption, quietSession } from "./support/quietSession.ts";

const FIRST_DAY = "2026-06-09";
/** Every document is old by then. */
const LATER = parseInstant("2036-01-01T00:00:00Z");

/** What a quiet day of a site leaves in the database, and what of it goes to the archive. */
export const storage: Bench = {
  name: "storage",
  summary: "Growth of the database by a site's quiet day with all its feeds on, table by table, and the archive's",
  options: (command) =>
    command
      .option("--hours <n>", "only the last hours of the day, for a quick look")
      .option("--machines <n>", "machines of each cohort", "2")
      .option("--net <n>", "machines get addresses of 127.<n>.0.0/16", "46")
      .option("--seed <n>", "fixes the prices", "1"),
  run: measure,
};

type Sizes = ReadonlyMap<string, number>;

async function measure(options: BenchOptions, context: BenchContext): Promise<BenchReport> {
  const seed = countOption(options, "seed");
  const hours = hoursOption(options);
  const sizes: Partial<Record<"before" | "after", Sizes>> = {};
  let [archiveBytes, documents, documentBytes] = [0, 0, 0];
  const { deployment, peakMemoryMb } = await quietSession({
    ...context,
    firstDay: FIRST_DAY,
    days: 1,
    hours,
    machinesPerCohort: countOption(options, "machines"),
    net: countOption(options, "net"),
    seed,
    look: async (pool, when) => {
      sizes[when] = await sizesOf(pool);
      if (when === "before") return;
      documentBytes =
        (sizes.after?.get("raw_document") ?? Number.NaN) - (sizes.before?.get("raw_document") ?? Number.NaN);
      const archive = new FolderArchive(join(context.dataDir, "archive"));
      const archived = await archiveDocuments(pool, archive, new Map(), { dueAt: LATER });
      [archiveBytes, documents] = [archived.bytes, archived.documents];
    },
  });
  const rows = grown(sizes.before, sizes.after);
  const bytes = rows.reduce((sum, [, more]) => sum + more, 0);
  return {
    inputSize:
      `one site, ${hours === undefined ? "one quiet day" : `${hours} h of one`}, ${deployment.feeds.length} feeds, ` +
      `${documents} documents`,
    seed,
    peakMemoryMb,
    tables: [
      {
        title: "Growth of the database, bytes with indexes and TOAST",
        columns: ["Table", "Bytes"],
        rows: [...rows.map(([name, more]) => [name, String(more)]), ["all of them", String(bytes)]],
      },
    ],
    figures: { bytesPerSiteDay: bytes, documentBytes, archiveBytes, documents },
    goals: [],
    notes: [
      "Measured by pg_total_relation_size before and after; dead rows that no vacuum has freed are counted.",
      "Archive: every document of the day, gzipped, without the index. In the database its row stays.",
      "The simulated reports have rows of a few points; ERCOT's have about 765, and their zips weigh more.",
    ],
  };
}

async function sizesOf(pool: Pool): Promise<Sizes> {
  const rows = await query<{ name: string; bytes: string }>(
    pool,
    `SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    [],
  );
  return new Map(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

/** Tables that have grown, the largest first. */
function grown(before: Sizes = new Map(), after: Sizes = new Map()): (readonly [name: string, bytes: number])[] {
  return [...after]
    .map(([name, bytes]) => [name, bytes - (before.get(name) ?? Number.NaN)] as const)
    .filter(([, bytes]) => bytes !== 0)
    .toSorted(([, a], [, b]) => b - a);
}
