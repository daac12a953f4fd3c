import { dirname, resolve } from "node:path";
import {
  besideOthers,
  type BookFiles,
  clashWith,
  isBook,
  type OperatorOfBook,
  readBook,
  type SiteFileOfBook,
  type SiteInBook,
} from "../../config/book.ts";
import { ConfigError, type ConfigProblem, problemText } from "../../config/index.ts";
import type { Role } from "../../domain/evidence/operatorAdmission.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { type ArchiveSettings, type Book, bookOfOne } from "./book.ts";
import type { Deployment } from "./deployment.ts";
import { deploymentOf, loadDeployment } from "./loadDeployment.ts";
import { feedIdOf, feedsRead } from "./feeds.ts";
import { bookFileSchema, feedSource, meterKind } from "./registries.ts";
import { checkSiteFile, loadSiteFile } from "./siteFile.ts";
import type { UnservedSite } from "./siteBook.ts";

/** A book as its files say, with the file of each site that can run. */
export interface LoadedBook {
  readonly book: Book;
  readonly files: readonly SiteFileOfBook[];
  /** Sites whose files cannot be used: the others run without them. */
  readonly broken: readonly UnservedSite[];
  /** Who may ask, where the book says so. */
  readonly operators?: readonly BookOperator[];
  /** Where old documents go, where the book says so, or the file of a site that runs by itself. */
  readonly archive?: ArchiveSettings;
}

/** Who may ask for which sites of a book; for every one where none is named. */
export type BookOperator = OperatorOfBook<Role>;

/**
 * The sites of a book's folder, or the one of a single file, with the market constants in force on `day`.
 * @throws ConfigError listing every problem of a single file, and of a book that none of its sites can be read of
 */
export function loadBook(path: string, day: OperatingDay): LoadedBook {
  if (!isBook(path)) {
    const config = loadSiteFile(path);
    const { archive, file } = config;
    return {
      book: bookOfOne(deploymentOf(config, day)),
      files: [{ siteId: config.site.siteId, file: path }],
      broken: [],
      archive: archive && { ...archive, folder: resolve(dirname(file), archive.folder) },
    };
  }
  const { bookId, sites, operators, archive } = readBook(path, bookFileSchema);
  const deployments: Deployment[] = [];
  const before: SiteInBook[] = [];
  const files: SiteFileOfBook[] = [];
  const broken: (UnservedSite & { readonly problems: readonly ConfigProblem[] })[] = [];
  for (const file of sites) {
    const loaded = siteOf(file, day, before);
    if ("problems" in loaded) broken.push(loaded);
    else {
      deployments.push(loaded.deployment);
      before.push(loaded.site);
      files.push(file);
    }
  }
  if (deployments.length === 0) throw new ConfigError(broken.flatMap(({ problems }) => problems));
  return { book: { bookId, deployments }, files, broken, operators, archive };
}

/** Who may ask as a book's head says; undefined where it does not. @throws ConfigError as `loadBook` */
export function operatorsOfBook(path: string): readonly BookOperator[] | undefined {
  return readBook(path, bookFileSchema).operators;
}

/** What is wrong with a site of a book, or with a single file. */
export interface CheckedSite {
  readonly siteId?: string;
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** Checks a site's file, or every site of a book and what they have against each other; runs nothing. */
export function checkBook(path: string, day: OperatingDay): readonly CheckedSite[] {
  if (!isBook(path)) return [{ file: path, ...checkSiteFile(path, day) }];
  const head = headOf(path);
  if ("problems" in head) return [{ file: path, ...head, warnings: [] }];
  const before: SiteInBook[] = [];
  return head.sites.map(({ siteId, file }) => {
    const { problems, warnings } = checkSiteFile(file, day, siteId);
    if (problems.length > 0) return { siteId, file, problems, warnings };
    const loaded = siteOf({ siteId, file }, day, before);
    if ("problems" in loaded) return { siteId, file, problems: loaded.problems, warnings };
    before.push(loaded.site);
    return { siteId, file, problems, warnings };
  });
}

function headOf(path: string): BookFiles<Role> | { readonly problems: readonly ConfigProblem[] } {
  try {
    return readBook(path, bookFileSchema);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems };
  }
}

function brokenBy(siteId: string, problems: readonly ConfigProblem[]) {
  const [first, ...others] = problems.map((one) => problemText(one).trim());
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  return { siteId, problem: `its file cannot be used: ${first}${more}`, problems };
}

function siteOf(
  file: SiteFileOfBook,
  day: OperatingDay,
  before: readonly SiteInBook[],
):
  | { readonly deployment: Deployment; readonly site: SiteInBook }
  | (UnservedSite & { readonly problems: readonly ConfigProblem[] }) {
  const { siteId } = file;
  try {
    const deployment = loadDeployment(file.file, day, siteId);
    const site = inBook(deployment);
    const problem = besideOthers(file, site, before);
    return problem === undefined ? { deployment, site } : brokenBy(siteId, [problem]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return brokenBy(siteId, error.problems);
  }
}

/** What a deployment has that others have too, of what only one site may have; undefined where nothing is. */
export function clashProblem(deployment: Deployment, others: readonly Deployment[]): string | undefined {
  return clashWith(inBook(deployment), others.map(inBook))?.message;
}

function inBook({ plan, contracts, machines, meters, feeds }: Deployment): SiteInBook {
  return {
    feeds: feedsRead({ plan, feeds }).map((feed) => ({
      feedId: feedIdOf(feed),
      read: feedSource(feed).describe(feed),
    })),
    siteId: plan.siteId,
    contractIds: [...new Set(contracts.map(({ contractId }) => contractId))],
    addresses: new Set([
      ...machines.map(({ host, port }) => `${host}:${port}`),
      ...meters.map(({ meter }) => meterKind(meter).address(meter)),
    ]),
  };
}
