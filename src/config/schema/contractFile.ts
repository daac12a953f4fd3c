import { z } from "zod";
import { id } from "./common.ts";
import { clientSchema, contractSchema } from "./money.ts";

/** `schema` of a contract that stands in a file of its own. */
export const CONTRACT_FORM = "ballast.contract/1";

const { contractId, contractedKw, ...terms } = contractSchema.shape;
const { clientId, name } = clientSchema.shape;

/**
 * A client's contract in a file of its own, which every site with machines of the client names in `contracts`. Unknown
 * keys are refused.
 */
export const contractFileSchema = z.strictObject({
  schema: z.literal(CONTRACT_FORM).meta({ description: "Version of this file's shape" }),
  clientId,
  name,
  versions: z
    .array(
      z.strictObject({
        ...terms,
        sites: z
          .record(
            id("A site"),
            z.strictObject({
              contractId,
              contractedKw,
              blockKw: z
                .int()
                .min(0)
                .max(10_000_000)
                .meta({ description: "The client's slice of this site's supply block, kW, where it is another" })
                .optional(),
            }),
          )
          .meta({ description: "What each site has of the contract: the id of its statements and its power" }),
      }),
    )
    .min(1)
    .meta({ description: "Versions; an interval uses the one in force at its start" }),
});

export type ContractFile = z.infer<typeof contractFileSchema>;
