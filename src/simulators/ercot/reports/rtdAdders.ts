import { rtdRuns, rtdStem, STEP_COLUMNS, stepCells } from "../rtdRuns.ts";
import { adderAt, systemAdders } from "../systemAdder.ts";
import { fieldsOf, delayMs, SIX_HOURS_MS, type SimulatedReport } from "./report.ts";
import { ADDER_COLUMNS, adderCells } from "./scedAdders.ts";

/** NP6-325: the adders of the coming SCED runs, one document every five minutes. */
export const rtdAdders: SimulatedReport = {
  reportTypeId: 13222,
  reportName: "RTD Indicative Price Adders",
  listedMs: SIX_HOURS_MS,
  api: {
    emilId: "np6-325-cd",
    endpoints: [
      {
        name: "rtd_price_adders",
        // without RTDLL, which the CSV has
        fields: fieldsOf({
          RTDTimestamp: "DATETIME",
          repeatHourFlag: "BOOLEAN",
          intervalID: "INTEGER",
          intervalEnding: "DATETIME",
          IERepeatHourFlag: "BOOLEAN",
          systemLambda: "DOUBLE",
          RTRDPA: "DOUBLE",
          RTRDPARUS: "DOUBLE",
          RTRDPARDS: "DOUBLE",
          RTRDPARRS: "DOUBLE",
          RTRDPAECRS: "DOUBLE",
          RTRDPANSS: "DOUBLE",
          RTRRUC: "DOUBLE",
          RTRRMR: "DOUBLE",
          RTDNCLR: "DOUBLE",
          RTDERS: "DOUBLE",
          RTDCTIEImport: "DOUBLE",
          RTDCTIEExport: "DOUBLE",
          RTBLTImport: "DOUBLE",
          RTBLTExport: "DOUBLE",
          RTOLLSL: "DOUBLE",
          RTOLHSL: "DOUBLE",
        }),
      },
    ],
  },
  documents(day, times) {
    const adders = systemAdders(day);
    return rtdRuns(day).map(({ atMs, steps }) => ({
      stem: rtdStem("RTDpriceAdderNP6325", atMs),
      aboutMs: atMs,
      publishMs: atMs + delayMs("rtd-adders", atMs, times.lmpDelaySeconds, times),
      header: [...STEP_COLUMNS, ...ADDER_COLUMNS],
      rows: () =>
        steps.map(({ endMs, run }, i) => [
          ...stepCells(atMs, endMs, i + 1),
          ...adderCells(run.lmps[0]?.lmp ?? "", adderAt(adders, run.atMs), atMs, day.conditions),
        ]),
    }));
  },
};
