import { explainCharge } from "../settlement/terms/index.ts";
import type { ClientInterval } from "../settlement/model.ts";
import { sum } from "../units/rational.ts";
import { StatementError } from "./errors.ts";
import { chargeCodes } from "./codes.ts";
import { exactAmount, roundLine, sourceText } from "./lines.ts";
import type { LineDraft, VersionIntervals } from "./lines.ts";

/**
 * Energy charges of intervals that share their terms, one line a charge code. @throws StatementError for a charge that
 * the terms do not have.
 */
export function energyLines({ contract, supply, intervals, terms }: VersionIntervals): LineDraft[] {
  return chargeCodes(intervals).map((code) => {
    const charged = intervals.filter((interval) => interval.charges[code] !== undefined);
    const amount = sum(charged.map((interval) => exactAmount(interval, code, interval.charges[code] as string)));
    const { rounded, step } = roundLine(amount, contract);
    const body = explainCharge(contract.energy, code, { intervals: charged, amount, supply });
    if (body === undefined)
      throw new StatementError(
        `contract ${contract.contractId} version ${contract.version}: terms ${contract.energy.kind} have no ${code}`,
      );
    return {
      key: `${code}:${terms}`,
      code,
      ...body,
      ...rounded,
      journalE8: total(charged, (interval) => interval.charges[code] as string),
      terms,
      source: sourceText(contract, contract.energy.clause, charged),
      buildUp: [...body.buildUp, step],
    };
  });
}

function total(intervals: readonly ClientInterval[], wh: (interval: ClientInterval) => string): bigint {
  return intervals.reduce((sum, interval) => sum + BigInt(wh(interval)), 0n);
}
