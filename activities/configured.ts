import type { BookedSite, SiteBook } from "../src/ports/siteBook.ts";
import { notConfigured } from "./failure.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

/** What a worker's configuration says of a site. @throws NotConfigured for a site that it does not name. */
export function configured<Part extends keyof BookedSite>(
  book: SiteBook<Part>,
  siteId: SiteId,
): Pick<BookedSite, Part> {
  const found = book.get(siteId);
  if (found === undefined)
    throw notConfigured(
      `Site ${siteId} is not in this worker's configuration, which names: ` +
        `${[...book.keys()].join(", ") || "none"}. Start the worker with that site's configuration.`,
    );
  return found;
}
