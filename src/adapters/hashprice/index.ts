import { hashpriceConstant } from "./hashpriceConstant.ts";
import { hashpriceFile } from "./hashpriceFile.ts";

/** Where a hashprice can come from; a site uses one of them. */
export const hashprices = [hashpriceConstant, hashpriceFile] as const;
