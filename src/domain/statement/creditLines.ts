import { formatUsdPerMwh } from "../units/money.ts";
import { negative, rational, sum } from "../units/rational.ts";
import { describeCredit } from "../settlement/terms/index.ts";
import { count, grouped, mwhText, usdText } from "../units/figures.ts";
import { andMore, largest } from "../settlement/terms/largest.ts";
import { CREDIT_CODE, creditReasons } from "./codes.ts";
import { exactAmount, roundLine, sourceText } from "./lines.ts";
import type { LineDraft, VersionIntervals } from "./lines.ts";
import { intervalLabel } from "../settlement/centralText.ts";

const DEAREST = 3;

/** Curtailment credits of intervals that share their terms, one line a reason, negative: in the client's favor. */
export function creditLines({ contract, intervals, terms }: VersionIntervals): LineDraft[] {
  return creditReasons(intervals).map((reason) => {
    const rows = intervals.flatMap((interval) => {
      const part = interval.byReason[reason];
      return part === undefined
        ? []
        : [
            {
              interval,
              wh: BigInt(part.curtailedWh),
              gross: rational(BigInt(part.grossE8)),
              client: exactAmount(interval, `credit:${reason}`, part.clientE8),
              clientE8: BigInt(part.clientE8),
            },
          ];
    });
    const wh = rows.reduce((all, row) => all + row.wh, 0n);
    const gross = sum(rows.map((row) => row.gross));
    const credit = sum(rows.map((row) => row.client));
    const { rounded, step } = roundLine(negative(credit), contract);
    const { top, more } = largest(rows, (row) => row.gross, DEAREST);
    return {
      key: `credit:${reason}:${terms}`,
      code: `${CREDIT_CODE}${reason}`,
      description: `Curtailment credit, ${reason}`,
      quantity: mwhText(wh),
      unit: "MWh",
      ...rounded,
      journalE8: rows.reduce((e8, row) => e8 - row.clientE8, 0n),
      terms,
      source: sourceText(
        contract,
        contract.credit.clause,
        rows.map((row) => row.interval),
      ),
      buildUp: [
        `curtailed = the smaller of baseline − metered and the energy ordered off; baseline = your machines able ` +
          `to run at normal power`,
        `${grouped(mwhText(wh))} MWh in ${count(rows.length, "interval")} at the settlement price: gross credit ` +
          `${usdText(negative(gross))} $`,
        `your part: ${describeCredit(contract.credit)}`,
        ...top.map(
          (row) =>
            `${intervalLabel(row.interval.intervalKey)}: ${mwhText(row.wh)} MWh at ` +
            `${grouped(formatUsdPerMwh(BigInt(row.interval.priceCentsPerMwh)))} $/MWh: gross credit ` +
            `${usdText(negative(row.gross))} $, yours ${usdText(negative(row.client))} $`,
        ),
        ...andMore(more),
        step,
      ],
    };
  });
}
