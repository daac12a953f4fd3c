import { z } from "zod";
import { text } from "./common.ts";

/** Where old market documents go, and when. */
export const archiveSchema = z
  .strictObject({
    folder: text("Folder of the archive, which is there already; relative to this file"),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .meta({ description: 'Time of day, Central, as HH:MM in quotes; "03:30" when absent' })
      .default("03:30"),
  })
  .meta({
    description:
      "`ballast start` moves market documents that are older than their feed's keepDays there every day; in the head " +
      "of a book for all its sites. Without it `ballast archive` does, by hand",
  });
