import { central, msOfWall } from "../centralTime.ts";
import type { SimulatedReport } from "./report.ts";

const HOUR_MS = 3_600_000;
const HEADER = [
  "ELECTRICAL_BUS",
  "NODE_NAME",
  "PSSE_BUS_NAME",
  "VOLTAGE_LEVEL",
  "SUBSTATION",
  "SETTLEMENT_LOAD_ZONE",
  "RESOURCE_NODE",
  "HUB_BUS_NAME",
  "HUB",
  "PSSE_BUS_NUMBER",
];

/**
 * NP4-160: the list of settlement points and electrical buses, by which other readers of ERCOT's prices tell resource
 * nodes from zones and hubs. One made-up bus for each zone; ERCOT's has some 19,000.
 */
export const settlementPoints: SimulatedReport = {
  reportTypeId: 10008,
  reportName: "Settlement Points List and Electrical Buses Mapping",
  listedMs: 60 * 24 * HOUR_MS,
  documents({ days, intervals }) {
    const [first = ""] = days;
    const publishMs = (msOfWall(first, "00:00:00", false) as number) - 12 * HOUR_MS;
    const points = new Set(intervals.flatMap(({ prices }) => prices.map(({ point }) => point)));
    const zones = [...points].filter((point) => point.startsWith("LZ_")).toSorted();
    return [
      {
        stem: `Settlement_Points_${central(publishMs).toFormat("MMddyyyy_HHmmss")}`,
        aboutMs: publishMs,
        publishMs,
        header: HEADER,
        rows: () =>
          zones.map((zone, i) => {
            const bus = `BUS_${i + 1}`;
            return [bus, bus, bus, "138", `SUB_${i + 1}`, zone, "", "", "", String(1000 + i)];
          }),
      },
    ];
  },
};
