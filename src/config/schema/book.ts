import { z } from "zod";
import { archiveSchema } from "./archive.ts";
import { id, text } from "./common.ts";

/** What an operator is named and may do, as those say who check it. */
export interface OperatorFragments<Role> {
  readonly actor: z.ZodType<string>;
  readonly role: z.ZodType<Role>;
}

/** The shape of `book.yaml`, the head of a book of sites. Unknown keys are refused. */
export function bookSchema<Role>({ actor, role }: OperatorFragments<Role>) {
  return z.strictObject({
    schema: z.literal("ballast.book/1").meta({ description: "Version of this file's shape" }),
    bookId: id("Name of the book: its database and its task queue have it for good"),
    sites: z
      .record(id("A site"), text("Configuration of the site, relative to this file"))
      .refine((sites) => Object.keys(sites).length > 0, "at least one site")
      .meta({ description: "A file for each site by its id" }),
    archive: archiveSchema.optional(),
    operators: z
      .array(
        z.strictObject({
          actor,
          roles: z
            .array(role)
            .min(1)
            .meta({
              description:
                "desk: orders and releases; stop: stops for safety, no more; start-again: ends such a stop, no more; " +
                "viewer: looks",
            }),
          sites: z
            .array(id("A site of the book"))
            .min(1)
            .meta({ description: "Where the operator may ask; every site of the book when absent" })
            .optional(),
          vouches: z
            .literal(true)
            .meta({ description: "A gateway: it orders in the names of people whom it has signed in" })
            .optional(),
        }),
      )
      .min(1)
      .meta({ description: "Who may ask, for which sites; `ballast operator` alone says so when absent" })
      .optional(),
  });
}
