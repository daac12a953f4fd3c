import { z } from "zod";
import { text } from "./common.ts";
import { cohortSchema, feedsSchema, metersSchema, siteSchema } from "./equipment.ts";
import { clientSchema, supplySchema } from "./money.ts";
import { policySchema } from "./policy.ts";

/** The shape of a site's configuration file. Unknown keys are refused everywhere. */
export const configSchema = z.strictObject({
  schema: z.literal("ballast.config/1").meta({ description: "Version of this file's shape" }),
  market: text("File with the market's dated constants, relative to this file"),
  site: siteSchema,
  policy: policySchema,
  clients: z.array(clientSchema).min(1),
  supply: supplySchema,
  cohorts: z.array(cohortSchema).min(1),
  meters: metersSchema,
  feeds: feedsSchema,
});

/** A configuration file as written, before the market constants are joined. */
export type SiteFile = z.infer<typeof configSchema>;
export type CohortConfig = z.infer<typeof cohortSchema>;
export type ClientConfig = z.infer<typeof clientSchema>;
export type ContractConfig = ClientConfig["contracts"][number];
export type MetersConfig = z.infer<typeof metersSchema>;
export type FeedsConfig = z.infer<typeof feedsSchema>;
