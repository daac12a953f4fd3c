import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { strToU8, zipSync } from "fflate";
import { correctedDayAheadMcpc } from "../../../src/adapters/ercot/reports/correctedRows.ts";
import { parseDayAheadMcpcCsv } from "../../../src/adapters/ercot/reports/dayAheadMcpc.ts";
import { parsePriceCorrectionsCsv } from "../../../src/adapters/ercot/reports/priceCorrections.ts";
import { parseScedMcpcCsv } from "../../../src/adapters/ercot/reports/scedMcpc.ts";
import { parseSettlementMcpcCsv } from "../../../src/adapters/ercot/reports/settlementMcpc.ts";
import { observedFact } from "../../../src/domain/inputs/marketFacts.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";

const CODES = ["REGUP", "REGDN", "RRS", "ECRS", "NSPIN"];

function document(reportType: string, fetchedAt: string, lines: readonly string[]): RawDocument {
  const bytes = zipSync({ "report.csv": strToU8(`${lines.join("\r\n")}\r\n`) });
  return {
    source: `mis/${reportType}`,
    documentId: "7",
    contentType: "application/zip",
    bytes,
    fetchedAt: parseInstant(fetchedAt),
  };
}
const hashOf = ({ bytes }: RawDocument): string => createHash("sha256").update(bytes).digest("hex");

const HEADER = "SCEDTimestamp,RepeatedHourFlag,ASType,MCPC";
/** Fern, 2026-01-28: the dearest run, as published. */
const FERN = ["REGUP,202.26", "REGDN,0.50", "RRS,216.21", "ECRS,399.45", "NSPIN,12.00"];
const run = (at: string, prices: readonly string[], flag = "N"): string[] =>
  prices.map((one) => `${at},${flag},${one}`);
const sced = (lines: readonly string[], header = HEADER, fetchedAt = "2026-01-28T13:42:00Z"): string[] => {
  const one = document("24891", fetchedAt, [header, ...lines]);
  return parseScedMcpcCsv(one, hashOf(one)).map(
    ({ scedAt, product, priceUsdPerMwHour, isUncapped }) =>
      `${scedAt} ${product} ${priceUsdPerMwHour}${isUncapped === true ? " uncapped" : ""}`,
  );
};
const AT = "01/28/2026 07:40:20";

describe("clearing prices of a SCED run (NP6-332)", () => {
  it("are the five services of the run, as published", () => {
    expect(sced(run(AT, FERN))).toEqual([
      "2026-01-28T13:40:20.000Z REGUP 202.26",
      "2026-01-28T13:40:20.000Z REGDN 0.50",
      "2026-01-28T13:40:20.000Z RRS 216.21",
      "2026-01-28T13:40:20.000Z ECRS 399.45",
      "2026-01-28T13:40:20.000Z NSPIN 12.00",
    ]);
  });

  it("are those of each run where a document holds two, and negative or huge ones are taken as they are", () => {
    const later = run("01/28/2026 07:40:24", ["REGUP,25674.30", "REGDN,-0.01", "RRS,0", "ECRS,9001", "NSPIN,1"]);
    const read = sced([...run(AT, FERN), ...later]);
    expect(read).toHaveLength(10);
    expect(read.slice(5, 7)).toEqual([
      "2026-01-28T13:40:24.000Z REGUP 25674.30",
      "2026-01-28T13:40:24.000Z REGDN -0.01",
    ]);
  });

  it("are the capped ones where ERCOT publishes two, the uncapped standing beside them", () => {
    const header = "SCEDTimestamp,RepeatedHourFlag,ASType,CappedMCPC,UncappedMCPC";
    const both = FERN.map((one) => `${one},5000.00`);
    const read = sced(run(AT, both), header);
    expect(read.slice(0, 5)).toEqual(sced(run(AT, FERN)));
    expect(read.slice(5)).toEqual(CODES.map((code) => `2026-01-28T13:40:20.000Z ${code} 5000.00 uncapped`));
  });

  it("that stand in swapped columns, capped above uncapped, are told", () => {
    const header = "SCEDTimestamp,RepeatedHourFlag,ASType,CappedMCPC,UncappedMCPC";
    const told = (both: readonly string[]): string[] => {
      const one = document("24891", "2026-01-28T13:42:00Z", [header, ...run(AT, both)]);
      const problems: string[] = [];
      parseScedMcpcCsv(one, hashOf(one), undefined, (problem) => problems.push(problem));
      return problems;
    };
    expect(told(FERN.map((one) => `${one},5000.00`))).toEqual([]);
    expect(told(FERN.map((one) => one.replace(",", ",5000.00,")))).toEqual([
      expect.stringContaining("line 2: the capped price of REGUP is above the uncapped one"),
    ]);
  });

  it("stand without an uncapped price that cannot be read: it is left out, and told", () => {
    const header = "SCEDTimestamp,RepeatedHourFlag,ASType,CappedMCPC,UncappedMCPC";
    const told = (uncapped: readonly string[]) => {
      const problems: string[] = [];
      const rows = run(
        AT,
        FERN.map((one, i) => `${one},${uncapped[i]}`),
      );
      const one = document("24891", "2026-01-28T13:42:00Z", [header, ...rows]);
      const read = parseScedMcpcCsv(one, hashOf(one), undefined, (problem) => problems.push(problem));
      return [read.length, problems.length, problems[0]];
    };
    const bad = /line 3: column UncappedMCPC: expected a decimal number/;
    expect(told(["5000", "", "5000", "5000", "5000"])).toEqual([9, 1, expect.stringMatching(bad)]);
    expect(told(["", "", "", "", ""])).toEqual([5, 1, expect.stringContaining("line 2: column UncappedMCPC")]);
  });

  it("are found under renamed, moved and added columns, and codes in any case with blanks around them", () => {
    const header = "Region,MCPC,AS Type,repeatHourFlag,SCED_Timestamp";
    const rows = FERN.map((one) => one.split(",")).map(
      ([code, price]) => `TX,${price}, ${code?.toLowerCase()} ,false,${AT}`,
    );
    expect(sced(rows, header)).toEqual(sced(run(AT, FERN)));
  });

  it.each([
    [
      "a service that nobody knows",
      [...FERN, "DRRS,3.00"],
      HEADER,
      /line 7: column ASType: expected one of REGUP, .*found "DRRS"/,
    ],
    [
      "a run without one of the five",
      FERN.slice(1),
      HEADER,
      /expected a clearing price of REGUP for 2026-01-28T13:40:20/,
    ],
    ["two prices of one service", [...FERN, "RRS,9.99"], HEADER, /RRS has two clearing prices for .*: 216.21 and 9.99/],
    ["a price that is none", ["REGUP,n/a", ...FERN.slice(1)], HEADER, /column MCPC: expected a decimal number/],
    ["a price that stands for none", ["REGUP,-99999", ...FERN.slice(1)], HEADER, /this stands for no value/],
    [
      "only uncapped prices",
      FERN,
      "SCEDTimestamp,RepeatedHourFlag,ASType,UncappedMCPC",
      /expected a column CappedMCPC or MCPC/,
    ],
    [
      "a doubled column",
      FERN.map((one) => `${one},1`),
      "SCEDTimestamp,RepeatedHourFlag,ASType,MCPC,MCPC",
      /expected one column MCPC, found two/,
    ],
    ["no row", [], HEADER, /expected clearing prices for capacity, found no row/],
  ])("of a document with %s are refused, the whole document", (_, prices, header, problem) => {
    expect(() => sced(run(AT, prices), header)).toThrow(problem);
  });

  it("of the repeated autumn hour are of the copy that the flag names", () => {
    const at = "11/01/2026 01:40:10";
    const [first] = sced(run(at, FERN), HEADER, "2026-11-01T06:42:00Z");
    const [second] = sced(run(at, FERN, "Y"), HEADER, "2026-11-01T07:42:00Z");
    expect([first, second]).toEqual(["2026-11-01T06:40:10.000Z REGUP 202.26", "2026-11-01T07:40:10.000Z REGUP 202.26"]);
  });
});

const dayAhead = (lines: readonly string[]): string[] => {
  const one = document("12329", "2026-01-01T20:00:00Z", [
    "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
    ...lines,
  ]);
  return parseDayAheadMcpcCsv(one, hashOf(one)).map(
    ({ hour, product, priceUsdPerMwHour }) => `${hour.startsAt} ${product} ${priceUsdPerMwHour}`,
  );
};
const hours = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${String(i + 1).padStart(2, "0")}:00`);
const day = (date: string, labels: readonly string[], codes: readonly string[] = CODES): string[] =>
  labels.flatMap((label) =>
    codes.map((code) => `${date},${label.replace(" R", "")},${code},1.5,${label.endsWith("R") ? "Y" : "N"}`),
  );

describe("day-ahead clearing prices (NP4-188)", () => {
  it("are five an hour: 24 hours, 23 on the spring day, 25 on the autumn day with the repeated one after its first copy", () => {
    expect(dayAhead(day("01/28/2026", hours(24)))).toHaveLength(120);
    const spring = dayAhead(
      day(
        "03/08/2026",
        hours(24).filter((hour) => hour !== "03:00"),
      ),
    );
    expect(spring).toHaveLength(115);
    expect(spring.slice(9, 11)).toEqual(["2026-03-08T07:00:00.000Z NSPIN 1.5", "2026-03-08T08:00:00.000Z REGUP 1.5"]);
    const autumn = dayAhead(day("11/01/2026", [...hours(2), "02:00 R", ...hours(24).slice(2)]));
    expect(autumn).toHaveLength(125);
    expect([autumn[5], autumn[10], autumn[15]]).toEqual([
      "2026-11-01T06:00:00.000Z REGUP 1.5",
      "2026-11-01T07:00:00.000Z REGUP 1.5",
      "2026-11-01T08:00:00.000Z REGUP 1.5",
    ]);
  });

  it("of a day before ECRS began are four an hour, and from its first day on a fifth that lacks is missed", () => {
    const four = CODES.filter((code) => code !== "ECRS");
    expect(dayAhead(day("02/15/2021", hours(24), four))).toHaveLength(96);
    expect(dayAhead([...day("06/09/2023", hours(24), four), ...day("06/10/2023", hours(24))])).toHaveLength(216);
    expect(() => dayAhead(day("06/10/2023", hours(24), four))).toThrow(/price of ECRS for 2023-06-10\/1, found none/);
    expect(() => dayAhead(day("06/09/2023", hours(24)))).toThrow(
      /expected one of REGUP, REGDN, RRS, NSPIN, found "ECRS"/,
    );
  });

  it.each([
    ["HE 25", [...hours(24), "25:00"], /column HourEnding: expected an hour 01:00..24:00, found "25:00"/],
    [
      "an hour that lacks",
      hours(24).filter((hour) => hour !== "17:00"),
      /every hour of 2026-01-28, found none that begins at 2026-01-28T22/,
    ],
    ["a repeated hour in January", [...hours(24), "02:00 R"], /flagged as repeated hour/],
  ])("of a document with %s are refused", (_, labels, problem) => {
    expect(() => dayAhead(day("01/28/2026", labels))).toThrow(problem);
  });
});

describe("clearing prices that are settled at (NP6-331)", () => {
  const settled = (header: string, rows: readonly string[]): string[] => {
    const one = document("24898", "2026-01-28T14:00:00Z", [header, ...rows]);
    return parseSettlementMcpcCsv(one, hashOf(one)).map(
      ({ interval, product, priceUsdPerMwHour }) =>
        `HE ${interval.hourEnding} ${interval.interval} ${product} ${priceUsdPerMwHour}`,
    );
  };

  it("are five a quarter hour, whichever name the quarter's column has", () => {
    const rows = FERN.map((one) => `2026-01-28,8,3,false,${one}`);
    const read = settled("deliveryDate,deliveryHour,deliveryInt,repeatHourFlag,ASType,MCPC", rows);
    expect(read).toHaveLength(5);
    expect(read[3]).toBe("HE 8 3 ECRS 399.45");
    expect(settled("DeliveryDate,DeliveryHour,DeliveryInterval,DSTFlag,ASType,MCPC", rows)).toEqual(read);
  });
});

describe("corrections of clearing prices (NP4-197-M, NP4-196-M)", () => {
  const told: string[] = [];
  const point = { settlementPoint: "HB_WEST", settlementPointType: "HU" };
  const read = (header: string, rows: readonly string[]) => {
    told.length = 0;
    const one = document("13045", "2026-02-20T14:00:00Z", [header, ...rows]);
    const parse = header.startsWith("DeliveryDate,DeliveryHour,ASType")
      ? correctedDayAheadMcpc
      : parsePriceCorrectionsCsv;
    return parse(one, hashOf(one), point, (problem) => told.push(problem)).map((value) => {
      const fact = observedFact(value.kind);
      return `${value.kind} ${fact.place(value)} ${fact.columns(value).value} ${value.quality}`;
    });
  };

  it.each([
    [
      "a SCED run",
      "SCEDTimestamp,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,RepeatHourFlag",
      "01/28/2026 07:40:20,ECRS,399.45,12.50,02/20/2026 08:00:00,N",
      "sced-mcpc 2026-01-28T13:40:20.000Z ECRS 12.50 CORRECTED",
    ],
    [
      "a quarter hour",
      "DeliveryDate,DeliveryHour,DeliveryInterval,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,RepeatHourFlag",
      "01/28/2026,8,3,ECRS,399.45,12.50,02/20/2026 08:00:00,N",
      "settlement-mcpc 2026-01-28/8/3 ECRS 12.50 CORRECTED",
    ],
    [
      "a day-ahead hour",
      "DeliveryDate,DeliveryHour,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,DSTFlag",
      "01/28/2026,8,ECRS,1000,12.50,02/20/2026 08:00:00,N",
      "day-ahead-mcpc 2026-01-28T13:00:00.000Z ECRS 12.50 CORRECTED",
    ],
    [
      "a SCED run's price of the site's point",
      "SCEDTimestamp,SettlementPointName,LMPOriginal,LMPCorrected,PriceCorrectionTime,DSTFlag",
      "01/28/2026 07:40:20,HB_WEST,399.45,12.50,08:00:00,N",
      "sced-lmp HB_WEST 2026-01-28T13:40:20.000Z 12.50 CORRECTED",
    ],
  ])(
    "of %s are the next versions of its own prices; the time of correction may be a mere time of day",
    (_, header, row, value) => {
      expect(read(header, [row])).toEqual([value]);
      expect(read(header, [row.replace("02/20/2026 08:00:00", "08:00:00")])).toEqual([value]);
    },
  );

  it("cost a bad row alone, and correct nothing where two say different things of one price", () => {
    const header = "SCEDTimestamp,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,RepeatHourFlag";
    const row = (code: string, price: string): string => `01/28/2026 07:40:20,${code},1,${price},08:00:00,N`;
    const rows = [
      row("RRS", "2"),
      row("DRRS", "2"),
      row("ECRS", "3"),
      row("ECRS", "4"),
      row("REGUP", "5"),
      row("REGUP", "5.00"),
    ];
    expect(read(header, rows)).toEqual([
      "sced-mcpc 2026-01-28T13:40:20.000Z RRS 2 CORRECTED",
      "sced-mcpc 2026-01-28T13:40:20.000Z REGUP 5 CORRECTED",
    ]);
    expect(told).toEqual([
      expect.stringMatching(/line 3: column ASType: expected one of REGUP, .*found "DRRS"/),
      expect.stringMatching(/2026-01-28T13:40:20.000Z ECRS has different values: 3 and 4/),
    ]);
    expect(() => read(header, [row("DRRS", "2")])).toThrow(/found "DRRS"/);
  });
});
