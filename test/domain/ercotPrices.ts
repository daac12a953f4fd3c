import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { intervalKey, settlementInterval, wallToInstant } from "../../src/domain/market/calendar.ts";
import type { ScedRun } from "../../src/domain/market/model.ts";

/** Folder of recorded ERCOT prices; the tests that need it say so and are skipped without it. */
export const dataDir = process.env["BALLAST_DATA_DIR"];
export const needsData =
  dataDir === undefined ? " (skipped: set BALLAST_DATA_DIR to the folder with recorded ERCOT prices)" : "";

/** SCED runs at a hub on one Central day, ascending. */
export function recordedRuns(hub: string, day: string): ScedRun[] {
  return rows(`rt-lmp-sced-5min.${hub}.${day.slice(0, 4)}.csv.gz`).flatMap((line) => {
    const [stamp = "", repeated, , lmp] = line.split(",");
    if (!stamp.startsWith(day)) return [];
    return [
      {
        scedAt: wallToInstant({ day, time: stamp.slice(11), repeatedHour: repeated === "True" }),
        lmpUsdPerMwh: Number(lmp),
      },
    ];
  });
}

/** Settlement prices of HB_HOUSTON on one Central day that has no repeated hour, by interval key. */
export function recordedPrices(day: string): Map<string, number> {
  return new Map(
    rows(`rt-spp-15min.HB_HOUSTON.${day.slice(0, 4)}.csv.gz`).flatMap((line) => {
      const [stamp = "", price] = line.split(",");
      if (!stamp.startsWith(day)) return [];
      return [
        [
          intervalKey(settlementInterval(wallToInstant({ day, time: stamp.slice(11), repeatedHour: false }))),
          Number(price),
        ] as const,
      ];
    }),
  );
}

function rows(file: string): string[] {
  if (dataDir === undefined) throw new Error("BALLAST_DATA_DIR is not set");
  return gunzipSync(readFileSync(join(dataDir, "ercot", "prices", file)))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(1);
}
