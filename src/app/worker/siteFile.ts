import { checkConfig, contractsOn, type Finding, loadConfig, type Loaded, warning } from "../../config/index.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { memberFindings } from "./memberFindings.ts";
import { type SiteFile, siteFileSchema } from "./registries.ts";

/** A site's configuration, checked. */
export type SiteConfig = Loaded<SiteFile>;

/**
 * Reads and checks a site's file. `on`: also that every client with machines has a contract that day. `siteId`: the
 * site that it has to be of. @throws ConfigError listing every problem found.
 */
export function loadSiteFile(path: string, on?: OperatingDay, siteId?: string): SiteConfig {
  return loadConfig(path, siteFileSchema, checksOn(on), siteId);
}

/**
 * Checks a site's file without using it: every problem, and what is hardly meant. `siteId`: as `loadSiteFile`; given
 * where it is one of a book.
 */
export function checkSiteFile(path: string, on?: OperatingDay, siteId?: string): ReturnType<typeof checkConfig> {
  const inBook = siteId === undefined ? () => [] : archiveOfBook;
  return checkConfig(path, siteFileSchema, (site) => [...checksOn(on)(site), ...inBook(site)], siteId);
}

/** The documents of a book's sites lie in one database. */
function archiveOfBook({ archive }: SiteFile): Finding[] {
  if (archive === undefined) return [];
  return [warning(["archive"], "counts only where the site runs by itself", "`archive` in the head of the book")];
}

function checksOn(day: OperatingDay | undefined): typeof memberFindings {
  return (site) => [...memberFindings(site), ...(day === undefined ? [] : contractsOn(day)(site))];
}
