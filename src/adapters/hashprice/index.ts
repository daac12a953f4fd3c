import { bitcoinExplorer } from "./bitcoinExplorer.ts";
import { bitcoinNode } from "./bitcoinNode.ts";
import { coinbase } from "./coinbase.ts";
import { hashpriceConstant } from "./hashpriceConstant.ts";
import { hashpriceFile } from "./hashpriceFile.ts";
import { kraken } from "./kraken.ts";

/**
 * Where a hashprice can come from: whole, of one of the first two, or made of the network and the price of a bitcoin,
 * of one or more sources each.
 */
export const hashprices = [hashpriceConstant, hashpriceFile, bitcoinNode, bitcoinExplorer, coinbase, kraken] as const;
