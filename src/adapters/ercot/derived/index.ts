import { gridLevels } from "./gridLevels.ts";
import { scedPath } from "./scedPath.ts";

/** Market data made of published tables, for past days of which the true documents are not published. */
export const derivedSources = [scedPath, gridLevels] as const;
