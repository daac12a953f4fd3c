import { factOf, type SiteInput } from "../../domain/inputs/facts.ts";
import { isMarketInput, marketFact } from "../../domain/inputs/marketFacts.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { RidingFacts } from "../../ports/ridingFacts.ts";
import { plannedQuery, type Pool, query } from "./pool.ts";

/** Facts that wait for their site's next SCED run, in PostgreSQL. @throws PortDataError for one that does not ride */
export function postgresRidingFacts(pool: Pool): RidingFacts {
  return {
    async keep(siteIds, fact) {
      if (factOf(fact.kind)?.rides !== true)
        throw new PortDataError(`${fact.kind} does not ride: it may decide alone, deliver it at once`);
      await plannedQuery(
        pool,
        "keep-riding-fact",
        `INSERT INTO riding_fact AS kept (site_id, kind, input_id, at, input)
           SELECT site_id, $2, $3, $4, $5 FROM unnest($1::text[]) AS site_id
         ON CONFLICT (site_id, kind) DO UPDATE SET input_id = excluded.input_id, at = excluded.at,
           input = excluded.input, is_told = false
          WHERE kept.at <= excluded.at AND kept.input_id <> excluded.input_id`,
        [[...new Set(siteIds)], placeOf(fact), fact.id, fact.at, JSON.stringify(fact)],
      );
    },

    async waiting(siteIds) {
      const rows = await query<{ site_id: string; input: SiteInput }>(
        pool,
        `SELECT site_id, input FROM riding_fact WHERE site_id = ANY($1) AND NOT is_told ORDER BY at, kind`,
        [siteIds],
      );
      const bySite = Map.groupBy(rows, (row) => row.site_id);
      return new Map([...bySite].map(([siteId, some]) => [siteId, some.map(({ input }) => input)]));
    },

    async told(facts) {
      const told = [...facts].flatMap(([siteId, some]) => some.map(({ id }) => [siteId, id] as const));
      if (told.length === 0) return;
      await query(
        pool,
        `UPDATE riding_fact AS kept SET is_told = true FROM unnest($1::text[], $2::text[]) AS told (site_id, input_id)
          WHERE kept.site_id = told.site_id AND kept.input_id = told.input_id`,
        [told.map(([siteId]) => siteId), told.map(([, inputId]) => inputId)],
      );
    },
  };
}

/** Its kind; of a fact that is known by source, each source has a place of its own. */
function placeOf(fact: SiteInput): string {
  const source = isMarketInput(fact) ? marketFact(fact.kind).toldBy?.(fact) : undefined;
  return source === undefined ? fact.kind : `${fact.kind}@${source}`;
}
