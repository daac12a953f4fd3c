import { dayAheadMcpc } from "../../src/adapters/ercot/reports/dayAheadMcpc.ts";
import { dayAheadPrices } from "../../src/adapters/ercot/reports/dayAheadPrices.ts";
import { scedMcpc } from "../../src/adapters/ercot/reports/scedMcpc.ts";
import { settlementMcpc } from "../../src/adapters/ercot/reports/settlementMcpc.ts";
import { dailyPrc } from "../../src/adapters/ercot/reports/dailyPrc.ts";
import { priceCorrections } from "../../src/adapters/ercot/reports/priceCorrections.ts";
import { scedLmp } from "../../src/adapters/ercot/reports/scedLmp.ts";
import { settlementPrices } from "../../src/adapters/ercot/reports/settlementPrices.ts";
import { systemWidePrices } from "../../src/adapters/ercot/reports/systemWidePrices.ts";
import { hashpriceConstant } from "../../src/adapters/hashprice/hashpriceConstant.ts";
import { hashpriceFile } from "../../src/adapters/hashprice/hashpriceFile.ts";
import type { FeedParameters, FeedSettings, FeedSource } from "../../src/ports/feedSource.ts";
import type { MarketFeed } from "../../src/ports/marketFeed.ts";

/** Opens a source's feed with its usual settings, at LZ_WEST unless another point is given. */
function opener<Settings extends FeedSettings, Access extends object>(source: FeedSource<Settings, Access>) {
  return (given: Access & Partial<FeedParameters<Settings>>): MarketFeed =>
    source.open({ ...source.usual, settlementPoint: "LZ_WEST", settlementPointType: "LZEW", ...given });
}

export const scedLmpFeed = opener(scedLmp);
export const settlementPriceFeed = opener(settlementPrices);
export const priceCorrectionFeed = opener(priceCorrections);
export const systemWidePriceFeed = opener(systemWidePrices);
export const dailyPrcFeed = opener(dailyPrc);
export const hashpriceConstantFeed = opener(hashpriceConstant);
export const hashpriceFileFeed = opener(hashpriceFile);
export const dayAheadPriceFeed = opener(dayAheadPrices);
export const dayAheadMcpcFeed = opener(dayAheadMcpc);
export const scedMcpcFeed = opener(scedMcpc);
export const settlementMcpcFeed = opener(settlementMcpc);
