import { parseErcotDocument } from "../../adapters/ercot/parseErcotDocument.ts";
import { parseHashpriceConstant } from "../../adapters/hashprice/hashpriceConstant.ts";
import { parseHashpriceCsv } from "../../adapters/hashprice/parseHashprice.ts";
import type { Parsers } from "../../replay/sourceBook.ts";

/** Readers of kept documents for an audit, by source: the functions that read them when they arrived. */
export function auditParsers(point: {
  readonly settlementPoint: string;
  readonly settlementPointType: string;
}): Parsers {
  const ercot = ["mis/12300", "mis/12301", "mis/13045", "dashboard/daily-prc", "dashboard/system-wide-prices"];
  return {
    ...Object.fromEntries(
      ercot.map(
        (source) =>
          [source, (document, contentHash) => parseErcotDocument(document, contentHash, point)] satisfies [
            string,
            Parsers[string],
          ],
      ),
    ),
    "constant/hashprice": parseHashpriceConstant,
    "file/hashprice": parseHashpriceCsv,
  };
}
