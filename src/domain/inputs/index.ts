import { gridCondition } from "./gridCondition.ts";
import { hashprice } from "./hashprice.ts";
import { scedLmp } from "./scedLmp.ts";
import { settlementPrice } from "./settlementPrice.ts";

/** Every kind of fact that market feeds bring: a new kind is its own file and its name here. */
export const MARKET_FACTS = [scedLmp, settlementPrice, gridCondition, hashprice] as const;
