import { instructionKey, isSameInstruction } from "../../domain/inputs/instructionKey.ts";
import { aboutOf, type InstructionWord } from "../../domain/inputs/instructionWord.ts";
import { takenInstruction } from "../../domain/inputs/takenInstruction.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { Door } from "../../ports/instructionLedger.ts";
import type { DoorsNow } from "../../ports/siteRecords.ts";
import { instantOf, type PoolClient, query } from "./pool.ts";

/** Awards that are looked at: two days of every service and resource. */
const AWARDS_MAX = 500;

const keyOf = ({ word }: { readonly word: InstructionWord }): string => instructionKey(aboutOf(word));
const isNamed = ({ word }: { readonly word: InstructionWord }): boolean => aboutOf(word).issuer !== undefined;

/** What came through the doors of a site: instructions as they were taken, what was refused lately, and awards. */
export async function doorsNow(on: PoolClient, siteId: SiteId): Promise<DoorsNow> {
  const words = await query<{
    word: InstructionWord;
    sender: string;
    door: Door;
    content_hash: string;
    received_at: Date;
    told: boolean;
  }>(
    on,
    `SELECT w.word, m.sender, m.door, m.content_hash, m.received_at, t.word_no IS NOT NULL AS told
      FROM instruction_word w JOIN door_message m USING (message_no) LEFT JOIN instruction_told t USING (word_no)
      WHERE w.site_id = $1 AND m.received_at > (SELECT max(received_at) FROM door_message WHERE site_id = $1)
        - interval '40 days' ORDER BY w.word_no`,
    [siteId],
  );
  const [refused] = await query<{ count: string; newest: string | null }>(
    on,
    `SELECT count(*), (array_agg(sender || ': ' || (refusal ->> 'why') ORDER BY message_no DESC))[1] AS newest
      FROM door_message WHERE site_id = $1 AND verdict = 'refused' AND kept_at > now() - interval '24 hours'`,
    [siteId],
  );
  const awards = await query<{
    resource: string;
    qse: string;
    as_type: string;
    market_type: string | null;
    starts_at: Date;
    ends_at: Date;
    awarded_mw: string;
    told: boolean;
  }>(
    on,
    `SELECT * FROM (SELECT DISTINCT ON (resource, as_type, market_type, starts_at) resource, qse, as_type, market_type,
        starts_at, ends_at, awarded_mw, told_at IS NOT NULL AS told
        FROM as_award LEFT JOIN as_award_told USING (message_no, site_id) WHERE site_id = $1
        ORDER BY resource, as_type, market_type, starts_at DESC, message_no DESC) newest
      ORDER BY starts_at DESC, resource, as_type LIMIT ${AWARDS_MAX}`,
    [siteId],
  );
  return {
    instructions: [...Map.groupBy(words.filter(isNamed), keyOf).values()].flatMap((named) => {
      const name = aboutOf((named[0] as (typeof named)[number]).word);
      const about = words.filter(({ word }) => isSameInstruction(aboutOf(word), name));
      const taken = takenInstruction(
        about.map(({ word, sender, received_at }) => ({ word, sender, at: instantOf(received_at) })),
      );
      const newest = about.findLast(({ word }) => "instruction" in word);
      if (taken?.instruction === undefined || newest === undefined) return [];
      const { door, content_hash: contentHash, received_at } = newest;
      const isTold = about.every(({ word, told }) => told || word.kind === "acknowledge");
      return [
        { ...taken, instruction: taken.instruction, isTold, door, contentHash, receivedAt: instantOf(received_at) },
      ];
    }),
    refused: { count: Number(refused?.count), ...(refused?.newest == null ? {} : { newest: refused.newest }) },
    awards: awards.toReversed().map((one) => ({
      siteId,
      resource: one.resource,
      qse: one.qse,
      asType: one.as_type,
      ...(one.market_type === null ? {} : { marketType: one.market_type }),
      startsAt: instantOf(one.starts_at),
      endsAt: instantOf(one.ends_at),
      awardedMw: one.awarded_mw,
      isTold: one.told,
    })),
  };
}
