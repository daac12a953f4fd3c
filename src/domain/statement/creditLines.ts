import type { CreditTerms } from "../settlement/model.ts";
import { formatUsdPerMwh } from "../units/money.ts";
import { rational, sum } from "../units/rational.ts";
import { count, grouped, mwhText, usdText } from "./figures.ts";
import { andMore, creditReasons, exactAmount, intervalLabel, largest, roundLine, sourceText } from "./lines.ts";
import type { LineDraft, VersionIntervals } from "./lines.ts";

const DEAREST = 3;

/** Curtailment credits of intervals that share their terms, one line a reason, negative: in the client's favour. */
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
            },
          ];
    });
    const wh = rows.reduce((all, row) => all + row.wh, 0n);
    const gross = sum(rows.map((row) => row.gross));
    const credit = sum(rows.map((row) => row.client));
    const { amountCents, step } = roundLine({ num: -credit.num, den: credit.den }, contract);
    const { top, more } = largest(rows, (row) => row.gross, DEAREST);
    return {
      key: `credit:${reason}:${terms}`,
      code: `curtailment-credit:${reason}`,
      description: `Curtailment credit, ${reason}`,
      quantity: mwhText(wh),
      unit: "MWh",
      amountCents,
      source: sourceText(
        contract,
        contract.credit.clause,
        rows.map((row) => row.interval),
      ),
      buildUp: [
        `curtailed = the smaller of baseline − metered and the energy ordered off; baseline = your machines able ` +
          `to run at normal power`,
        `${grouped(mwhText(wh))} MWh in ${count(rows.length, "interval")} worth ${usdText(gross)} $ at the ` +
          `settlement price`,
        `your part: ${termsText(contract.credit)}`,
        ...top.map(
          (row) =>
            `${intervalLabel(row.interval.intervalKey)}: ${mwhText(row.wh)} MWh at ` +
            `${grouped(formatUsdPerMwh(BigInt(row.interval.priceCentsPerMwh)))} $/MWh = ${usdText(row.gross)} $, ` +
            `yours ${usdText(row.client)} $`,
        ),
        ...andMore(more),
        step,
      ],
    };
  });
}

function termsText(terms: CreditTerms): string {
  switch (terms.kind) {
    case "supply-resale":
      return "all of it, your block is resold";
    case "gross-share":
      return terms.sharesNegative
        ? `${terms.clientShare} of it, also when the price is negative`
        : `${terms.clientShare} of it; nothing of a negative price`;
    case "net-of-strike":
      return `the price up to ${terms.strikeUsdPerMwh} $/MWh, and ${terms.clientShare} of what is above; never below 0`;
  }
}
