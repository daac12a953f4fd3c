import { z } from "zod";
import { correctedDayAheadMcpc, DAY_AHEAD_MCPC_COLUMNS } from "./correctedRows.ts";
import { misReport } from "./ercotReport.ts";
import { everySoOften, regularSettings } from "./polls.ts";

/** Corrections may not come for months; a year without one is odd. */
const SILENT_SECONDS = 366 * 86_400;

const fragment = z
  .strictObject({ use: z.literal("ercot/np4-196-m"), ...regularSettings })
  .meta({ description: "Corrections of day-ahead clearing prices for capacity, MIS report type 13044" });

/**
 * ERCOT's corrections of day-ahead clearing prices for capacity from the MIS list (NP4-196-M, report type 13044), in
 * documents with DAM_MCPC in their name. A corrected price is the next version of its hour's.
 */
export const dayAheadCorrections = {
  fragment,
  ...misReport<z.infer<typeof fragment>>({
    use: "ercot/np4-196-m",
    title: "Corrections of day-ahead clearing prices for capacity (MCPC)",
    reportType: "13044",
    gives: "day-ahead-mcpc",
    role: "corrections",
    isOptional: true,
    usual: { use: "ercot/np4-196-m", pollEverySeconds: 600, pollOffsetSeconds: 35 },
    polls: everySoOften,
    columns: DAY_AHEAD_MCPC_COLUMNS,
    accepts: (friendlyName) => /DAM_MCPC/i.test(friendlyName),
    identity: () => "day-ahead-corrections",
    read: correctedDayAheadMcpc,
    silentAfterSeconds: () => SILENT_SECONDS,
  }),
};
