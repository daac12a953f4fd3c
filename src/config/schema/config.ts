import { z } from "zod";
import { archiveSchema } from "./archive.ts";
import { text } from "./common.ts";
import { cohortSchema, metersSchema, siteGroupSchema } from "./equipment.ts";
import { costsSchema } from "./costs.ts";
import { clientSchema, supplySchema } from "./money.ts";
import { policySchema } from "./policy.ts";
import { reserveSchema } from "./reserve.ts";
import { stopInputsSchema } from "./stopInput.ts";

/** What a member of a registry is named by in a configuration. */
export interface Used {
  readonly use: string;
}

/** Shapes of what stands in registries outside: each registry hands over one, composed of its members' fragments. */
export interface Fragments<Sources, Feed extends Used, Driver extends Used, Meter extends Used, Contact extends Used> {
  /** How each party is reached whose feeds are listed. */
  readonly sources: z.ZodType<Sources>;
  readonly feed: z.ZodType<Feed>;
  readonly driver: z.ZodType<Driver>;
  readonly meter: z.ZodType<Meter>;
  readonly contact: z.ZodType<Contact>;
}

/** `schema` of a site's file in this form. */
const SITE_FORM = "ballast.config/2";

/** The shape of a site's configuration file. Unknown keys are refused everywhere. */
export function siteSchema<Sources, Feed extends Used, Driver extends Used, Meter extends Used, Contact extends Used>({
  sources,
  feed,
  driver,
  meter,
  contact,
}: Fragments<Sources, Feed, Driver, Meter, Contact>) {
  return z.strictObject({
    schema: z.literal(SITE_FORM).meta({ description: "Version of this file's shape" }),
    market: text("File with the market's dated constants, relative to this file"),
    site: siteGroupSchema,
    policy: policySchema,
    clients: z.array(clientSchema).meta({ description: "Hosting clients whose contracts stand here" }),
    contracts: z
      .array(text("File with a client's contract that several sites name, relative to this file"))
      .min(1)
      .max(500)
      .meta({ description: "Clients whose contracts stand in files of their own" })
      .optional(),
    supply: supplySchema,
    reserve: reserveSchema.optional(),
    costs: costsSchema.optional(),
    cohorts: z.array(cohortSchema(driver)).min(1),
    meters: metersSchema(meter),
    archive: archiveSchema.optional(),
    stopInputs: stopInputsSchema(contact).optional(),
    sources,
    feeds: z.array(feed).min(1).meta({ description: "Outside sources of market data, each named by `use`" }),
  });
}

/** A configuration file as written; members of registries are known by their names alone. */
export type SiteFile = z.infer<ReturnType<typeof siteSchema<unknown, Used, Used, Used, Used>>>;
export type CohortConfig = SiteFile["cohorts"][number];
export type ClientConfig = z.infer<typeof clientSchema>;
export type ContractConfig = ClientConfig["contracts"][number];
export type ReserveConfig = z.infer<typeof reserveSchema>;
export type MetersConfig = SiteFile["meters"];
