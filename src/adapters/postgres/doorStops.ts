import { STOP_KINDS, type StopInput } from "../../domain/inputs/safetyStops.ts";
import type { StopWord } from "../../domain/inputs/stopAcceptance.ts";
import type { DoorStops, KeptStop } from "../../ports/doorStops.ts";
import type { DoorMessage } from "../../ports/instructionLedger.ts";
import { instantOf, type Pool, type PoolClient, query } from "./pool.ts";
import { keepStop } from "./safetyStops.ts";

interface StopRow {
  message_no: string;
  site_id: string;
  request_id: string;
  cohort_id: string | null;
  kind: StopInput["kind"];
  reason: string;
  sender: string;
  received_at: Date;
  told_at: Date | null;
  sequence: number | null;
  refusal: string | null;
}

const ROWS = `SELECT s.*, m.sender, m.received_at, t.told_at, t.sequence, t.refusal
  FROM door_stop s JOIN door_message m USING (message_no) LEFT JOIN door_stop_told t USING (message_no)`;
/** Whether the same place was started again after stop `s` was kept. */
const ENDED_SINCE = `EXISTS (SELECT FROM safety_stop own JOIN safety_stop later USING (site_id)
  WHERE own.site_id = s.site_id AND own.request_id = s.request_id AND later.stop_no > own.stop_no
    AND later.kind = '${STOP_KINDS.start}' AND later.cohort_id IS NOT DISTINCT FROM own.cohort_id)`;

/** Nobody can be told any more. */
const RETIRED = `EXISTS (SELECT FROM site_change c WHERE c.site_id = s.site_id AND c.kind = 'retired')`;

/** Safety stops of the doors in PostgreSQL. */
export function postgresDoorStops(pool: Pool): DoorStops {
  return {
    async untold(stopsMaxPerSite) {
      await query(
        pool,
        `INSERT INTO door_stop_told (message_no, refusal) SELECT message_no,
            CASE WHEN ${RETIRED} THEN 'site ' || site_id || ' is out of service for good' END
          FROM door_stop s WHERE kind = $1 AND (${ENDED_SINCE} OR ${RETIRED})
          AND NOT EXISTS (SELECT FROM door_stop_told t WHERE t.message_no = s.message_no) ON CONFLICT DO NOTHING`,
        [STOP_KINDS.stop],
      );
      const rows = await query<StopRow>(
        pool,
        `SELECT * FROM (
          SELECT untold.*, row_number() OVER (PARTITION BY site_id ORDER BY message_no DESC) AS place
            FROM (${ROWS} WHERE s.kind = $1 AND t.message_no IS NULL) untold) newest
          WHERE place <= $2 ORDER BY message_no`,
        [STOP_KINDS.stop, stopsMaxPerSite],
      );
      return rows.map(keptStop);
    },

    async told(messageNo, { sequence, refusal }) {
      await query(
        pool,
        `INSERT INTO door_stop_told (message_no, sequence, refusal) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [messageNo, sequence, refusal],
      );
    },
  };
}

/**
 * Keeps what a message says: a stop is in force from here on, an end only once its site has decided on it.
 * @throws PortUnavailableError when the database is away
 */
export async function stopKept(
  on: PoolClient,
  messageNo: string,
  { siteId, requestId: id, kind, cohortId, reason }: StopWord,
  { sender: actor, receivedAt: at }: DoorMessage,
): Promise<void> {
  await query(
    on,
    `INSERT INTO door_stop (message_no, site_id, request_id, cohort_id, kind, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
    [messageNo, siteId, id, cohortId, kind, reason],
  );
  if (kind === STOP_KINDS.stop) await keepStop(on, siteId, { kind, id, at, cohortId, actor, reason });
}

/** What a message brought; undefined where it was no stop. @throws PortUnavailableError when the database is away */
export async function stopOf(on: PoolClient, messageNo: string): Promise<KeptStop | undefined> {
  const [row] = await query<StopRow>(on, `${ROWS} WHERE s.message_no = $1`, [messageNo]);
  return row === undefined ? undefined : keptStop(row);
}

function keptStop(row: StopRow): KeptStop {
  const { message_no: messageNo, site_id: siteId, told_at, sequence, refusal } = row;
  const { kind, request_id: id, cohort_id, sender: actor, reason, received_at } = row;
  const place = cohort_id === null ? {} : { cohortId: cohort_id };
  const told = {
    ...(sequence === null ? {} : { sequence }),
    ...(refusal === null ? {} : { refusal }),
  };
  return {
    messageNo,
    siteId,
    input: { kind, id, at: instantOf(received_at), ...place, actor, reason },
    ...(told_at === null ? {} : { told }),
  };
}
