import { InvalidArgumentError } from "commander";
import { resolve } from "node:path";
import type { MarketFilePaths } from "../../simulators/ercot/marketFiles.ts";
import type { CommandOption } from "./command.ts";

/** What the options give. */
export interface MarketFileOptions {
  readonly dam?: string;
  readonly damMcpc?: string;
  readonly damMcpcHoursLate?: number;
  readonly scedMcpc?: string;
  readonly mcpc?: string;
}

/** Files of what ERCOT published of a day beside its real-time prices of energy. */
export const MARKET_FILE_OPTIONS: readonly CommandOption[] = [
  { flags: "--dam <file>", what: "day-ahead prices: NP4-190 columns, CSV or .gz; derived where it is left out" },
  {
    flags: "--dam-mcpc <file>",
    what: "day-ahead clearing prices for capacity: NP4-188 columns, or a column a service; else derived",
  },
  {
    flags: "--dam-mcpc-hours-late <hours>",
    what: "that file's labels are so many hours late: 1 where its HE 8 is the price of HE 7",
    parse: hoursArgument,
  },
  { flags: "--sced-mcpc <file>", what: "clearing prices for capacity by SCED run: NP6-332 columns; else derived" },
  { flags: "--mcpc <file>", what: "clearing prices for capacity by quarter hour: NP6-331 columns; else derived" },
];

/** The files that the options name. */
export function marketFilesOf({ dam, damMcpc, damMcpcHoursLate, scedMcpc, mcpc }: MarketFileOptions): MarketFilePaths {
  return {
    ...(dam === undefined ? {} : { damPath: resolve(dam) }),
    ...(damMcpc === undefined ? {} : { damMcpcPath: resolve(damMcpc) }),
    ...(damMcpcHoursLate === undefined ? {} : { damMcpcHoursLate }),
    ...(scedMcpc === undefined ? {} : { scedMcpcPath: resolve(scedMcpc) }),
    ...(mcpc === undefined ? {} : { mcpcPath: resolve(mcpc) }),
  };
}

function hoursArgument(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > 23)
    throw new InvalidArgumentError(`expected hours from 0 to 23, got "${text}".`);
  return Number(text);
}
