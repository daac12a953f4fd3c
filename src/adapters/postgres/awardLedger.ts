import type { AsAward } from "../../domain/inputs/asAward.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { AwardLedger, UntoldAwards } from "../../ports/awardLedger.ts";
import type { Door } from "../../ports/instructionLedger.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";

const IS_OPEN = `NOT EXISTS (SELECT FROM as_award_told t WHERE t.message_no = a.message_no AND t.site_id = a.site_id)
  AND NOT EXISTS (SELECT FROM as_award_ended e WHERE e.message_no = a.message_no AND e.site_id = a.site_id)`;

/** What was over a day before the newest message is looked at no more: awards come every five minutes for years. */
const IS_RECENT = `a.ends_at > (SELECT received_at FROM door_message ORDER BY message_no DESC LIMIT 1)
  - interval '1 day'`;

interface AwardRow {
  message_no: string;
  site_id: string;
  sender: string;
  door: Door;
  content_hash: string;
  received_at: Date;
  resource: string;
  qse: string;
  as_type: string;
  market_type: string | null;
  trading_date: string;
  starts_at: Date;
  ends_at: Date;
  awarded_mw: string;
}

/** Awards of the doors in PostgreSQL, and which sites were told of them. */
export function postgresAwardLedger(pool: Pool): AwardLedger {
  return {
    async untold(messagesMaxPerSite) {
      const rows = await query<AwardRow>(
        pool,
        `SELECT message_no, untold.site_id, sender, door, content_hash, received_at, resource, qse, as_type,
            market_type, trading_date::text, starts_at, ends_at, awarded_mw
          FROM (SELECT a.*, dense_rank() OVER (PARTITION BY a.site_id ORDER BY a.message_no) AS place
                  FROM as_award a WHERE ${IS_RECENT} AND ${IS_OPEN}) untold JOIN door_message USING (message_no)
          WHERE place <= $1 ORDER BY message_no, position`,
        [messagesMaxPerSite],
      );
      const messages = Map.groupBy(rows, (row) => `${row.message_no} ${row.site_id}`);
      return [...messages.values()].map(untoldOf);
    },

    async told(messageNo, siteId) {
      await query(pool, `INSERT INTO as_award_told (message_no, site_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
        messageNo,
        siteId,
      ]);
    },

    async end(messageNo, siteId, why) {
      await query(
        pool,
        `INSERT INTO as_award_ended (message_no, site_id, why) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [messageNo, siteId, why],
      );
    },

    async endOfRetired(siteId) {
      const rows = await query<{ message_no: string; why: string }>(
        pool,
        `INSERT INTO as_award_ended (message_no, site_id, why)
          SELECT DISTINCT a.message_no, a.site_id,
              'site ' || a.site_id || ' is out of service for good, by ' || r.actor || ': ' || r.reason
            FROM as_award a
            JOIN (SELECT site_id, actor, reason FROM site_change WHERE kind = 'retired' AND site_id = $1
                   ORDER BY change_no LIMIT 1) r USING (site_id)
            WHERE ${IS_OPEN}
          ON CONFLICT DO NOTHING RETURNING message_no, why`,
        [siteId],
      );
      return rows.map(({ message_no: messageNo, why }) => ({ messageNo, why }));
    },
  };
}

/** Keeps awards with their message. */
export async function awardsKept(on: PoolClient, messageNo: string, awards: readonly AsAward[]): Promise<void> {
  await query(
    on,
    `INSERT INTO as_award (message_no, position, site_id, resource, qse, as_type, market_type, trading_date, starts_at,
        ends_at, awarded_mw)
      SELECT $1, position, one ->> 'siteId', one ->> 'resource', one ->> 'qse', one ->> 'asType', one ->> 'marketType',
        (one ->> 'tradingDate')::date, (one ->> 'startsAt')::timestamptz, (one ->> 'endsAt')::timestamptz,
        (one ->> 'awardedMw')::numeric
        FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS each(one, position)`,
    [messageNo, JSON.stringify(awards)],
  );
}

/** Sites that are still to be told of awards of a message. */
export async function sitesUntold(on: PoolClient, messageNo: string): Promise<readonly SiteId[]> {
  const rows = await query<{ site_id: string }>(
    on,
    `SELECT DISTINCT site_id FROM as_award a WHERE message_no = $1 AND ${IS_OPEN} ORDER BY site_id`,
    [messageNo],
  );
  return rows.map(({ site_id }) => site_id);
}

function untoldOf(rows: readonly AwardRow[]): UntoldAwards {
  const { message_no: messageNo, site_id: siteId, sender, ...message } = rows[0] as AwardRow;
  const { door, content_hash: contentHash, received_at } = message;
  return {
    messageNo,
    siteId,
    sender,
    evidence: { door, contentHash, receivedAt: instantOf(received_at) },
    awards: rows.map((one) => ({
      resource: one.resource,
      qse: one.qse,
      asType: one.as_type,
      ...(one.market_type === null ? {} : { marketType: one.market_type }),
      tradingDate: one.trading_date,
      startsAt: instantOf(one.starts_at),
      endsAt: instantOf(one.ends_at),
      awardedMw: one.awarded_mw,
    })),
  };
}
