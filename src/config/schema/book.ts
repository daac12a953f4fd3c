import { z } from "zod";
import { id, text } from "./common.ts";

/** The shape of `book.yaml`, the head of a book of sites. Unknown keys are refused. */
export const bookSchema = z.strictObject({
  schema: z.literal("ballast.book/1").meta({ description: "Version of this file's shape" }),
  bookId: id("Name of the book: its database and its task queue have it for good"),
  sites: z
    .record(id("A site"), text("Configuration of the site, relative to this file"))
    .refine((sites) => Object.keys(sites).length > 0, "at least one site")
    .meta({ description: "A file for each site by its id" }),
});
