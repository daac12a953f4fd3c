import { besideOthers, isBook, readBook, type SiteFileOfBook, type SiteInBook } from "../../config/book.ts";
import { ConfigError, type ConfigProblem, problemText } from "../../config/index.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { type Book, bookOfOne } from "./book.ts";
import type { Deployment } from "./deployment.ts";
import { loadDeployment } from "./loadDeployment.ts";
import { meterKind } from "./registries.ts";

/** A site of a book whose file cannot be used: the others run without it. */
export interface BrokenSite {
  readonly siteId: string;
  readonly problems: readonly ConfigProblem[];
}

/** A book as its files say, with the file of each site that can run. */
export interface LoadedBook {
  readonly book: Book;
  readonly files: readonly SiteFileOfBook[];
  readonly broken: readonly BrokenSite[];
}

/**
 * The sites of a book's folder, or the one of a single file, with the market constants in force on `day`.
 * @throws ConfigError listing every problem of a single file, and of a book that none of its sites can be read of
 */
export function loadBook(path: string, day: OperatingDay): LoadedBook {
  if (!isBook(path)) {
    const deployment = loadDeployment(path, day);
    return { book: bookOfOne(deployment), files: [{ siteId: deployment.plan.siteId, file: path }], broken: [] };
  }
  const { bookId, sites } = readBook(path);
  const deployments: Deployment[] = [];
  const files: SiteFileOfBook[] = [];
  const broken: BrokenSite[] = [];
  for (const file of sites) {
    const loaded = siteOf(file, day, deployments);
    if ("problems" in loaded) broken.push(loaded);
    else {
      deployments.push(loaded);
      files.push(file);
    }
  }
  if (deployments.length === 0) throw new ConfigError(broken.flatMap(({ problems }) => problems));
  return { book: { bookId, deployments }, files, broken };
}

/** A broken site in words, for an alarm. */
export function brokenText({ siteId, problems }: BrokenSite): string {
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  const what = first === undefined ? "" : problemText(first).trim();
  return `site ${siteId} does not run by its file, the others do: ${what}${more}`;
}

function siteOf(file: SiteFileOfBook, day: OperatingDay, before: readonly Deployment[]): Deployment | BrokenSite {
  const { siteId } = file;
  try {
    const deployment = loadDeployment(file.file, day);
    const problem = besideOthers(file, inBook(deployment), before.map(inBook));
    return problem === undefined ? deployment : { siteId, problems: [problem] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { siteId, problems: error.problems };
  }
}

function inBook({ plan, contracts, machines, meters }: Deployment): SiteInBook {
  return {
    siteId: plan.siteId,
    contractIds: [...new Set(contracts.map(({ contractId }) => contractId))],
    addresses: [
      ...machines.map(({ host, port }) => `${host}:${port}`),
      ...meters.map(({ meter }) => meterKind(meter).address(meter)),
    ],
  };
}
