import type { MeterReading } from "../../domain/verification/model.ts";
import type { RegisterStore, StoredReading } from "../../ports/registerStore.ts";
import { instantOf, type Pool, query } from "./pool.ts";

interface RegisterRow {
  meter_id: string;
  boundary_at: Date;
  read_at: Date;
  register_wh: string | null;
  power_kw: number | null;
  quality: MeterReading["quality"];
}

/** Meter registers in PostgreSQL: append-only, the first read of a boundary stands. */
export function postgresRegisterStore(pool: Pool): RegisterStore {
  return {
    async save(siteId, boundaryAt, readings) {
      await query(
        pool,
        `INSERT INTO meter_register (site_id, meter_id, boundary_at, read_at, register_wh, power_kw, quality)
         SELECT $1, m, $2, r, w, k, q FROM unnest($3::text[], $4::timestamptz[], $5::numeric[], $6::double precision[],
           $7::text[]) AS x(m, r, w, k, q) ON CONFLICT DO NOTHING`,
        [
          siteId,
          boundaryAt,
          readings.map((r) => r.meterId),
          readings.map((r) => r.readAt),
          readings.map((r) => r.registerWh?.toString() ?? null),
          readings.map((r) => r.powerKw ?? null),
          readings.map((r) => r.quality),
        ],
      );
    },

    async between(siteId, from, to) {
      const rows = await query<RegisterRow>(
        pool,
        `SELECT * FROM meter_register WHERE site_id = $1 AND boundary_at >= $2 AND boundary_at <= $3 ORDER BY ` +
          `boundary_at, meter_id`,
        [siteId, from, to],
      );
      return rows.map(reading);
    },

    async betweenAndNext(siteId, from, to) {
      const rows = await query<RegisterRow>(
        pool,
        `WITH given AS (SELECT * FROM meter_register WHERE site_id = $1 AND boundary_at >= $2 AND boundary_at <= $3)
         SELECT * FROM given UNION ALL SELECT next.* FROM (SELECT DISTINCT meter_id FROM given) AS m CROSS JOIN LATERAL
           (SELECT * FROM meter_register WHERE site_id = $1 AND meter_id = m.meter_id AND boundary_at > $3 AND
             register_wh IS NOT NULL ORDER BY boundary_at LIMIT 1) AS next
         ORDER BY boundary_at, meter_id`,
        [siteId, from, to],
      );
      return rows.map(reading);
    },

    async firstBoundaries(siteId) {
      const rows = await query<{ meter_id: string; first_at: Date }>(
        pool,
        `SELECT meter_id, min(boundary_at) AS first_at FROM meter_register WHERE site_id = $1 GROUP BY meter_id`,
        [siteId],
      );
      return new Map(rows.map((row) => [row.meter_id, instantOf(row.first_at)]));
    },

    async latestBefore(siteId, meterId, before) {
      const [row] = await query<RegisterRow>(
        pool,
        `SELECT * FROM meter_register WHERE site_id = $1 AND meter_id = $2 AND boundary_at < $3 AND register_wh IS ` +
          `NOT NULL ORDER BY boundary_at DESC LIMIT 1`,
        [siteId, meterId, before],
      );
      return row && reading(row);
    },
  };
}

function reading(row: RegisterRow): StoredReading {
  return {
    meterId: row.meter_id,
    boundaryAt: instantOf(row.boundary_at),
    readAt: instantOf(row.read_at),
    quality: row.quality,
    registerWh: row.register_wh === null ? undefined : BigInt(row.register_wh),
    powerKw: row.power_kw ?? undefined,
  };
}
