import type { Instant } from "../units/instant.ts";
import type { SiteView } from "./siteFact.ts";

/** Which feed said it, and in which kept document (SHA-256). */
export interface OfSource {
  readonly source: string;
  readonly contentHash: string;
}

type Dated = OfSource & { readonly observedAt: Instant };

/** The readings with one more, by source; undefined where its source has said something newer already. */
export function withReading<Reading extends Dated>(
  known: readonly Reading[] | undefined,
  reading: Reading,
): readonly Reading[] | undefined {
  const isOwn = ({ source }: Dated): boolean => source === reading.source;
  const before = known?.find(isOwn);
  if (before !== undefined && before.observedAt > reading.observedAt) return undefined;
  const others = known?.filter((one) => !isOwn(one)) ?? [];
  return [...others, reading].toSorted((a, b) => (a.source < b.source ? -1 : 1));
}

/** The readings of the sources that the plan lists; undefined where there is none. */
export function bySource<Reading extends Dated>(
  kind: string,
  known: readonly Reading[] | undefined,
  { factSources }: Pick<SiteView, "factSources">,
): readonly Reading[] | undefined {
  const listed = known?.filter(({ source }) => factSources?.[kind]?.some((one) => one.source === source));
  return listed === undefined || listed.length === 0 ? undefined : listed;
}

/** Those of them that are not older than their source's own limit at `asOf`. */
export function freshOf<Reading extends Dated>(
  kind: string,
  known: readonly Reading[] | undefined,
  site: Pick<SiteView, "factSources">,
  isOld: (observedAt: Instant, limitSeconds: number) => boolean,
): readonly Reading[] {
  return (bySource(kind, known, site) ?? []).filter(({ source, observedAt }) => {
    const limit = site.factSources?.[kind]?.find((one) => one.source === source)?.silentAfterSeconds;
    return limit !== undefined && !isOld(observedAt, limit);
  });
}
