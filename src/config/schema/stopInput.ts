import { z } from "zod";
import { id, oneLine, seconds } from "./common.ts";

/** Contacts that stop machines for safety. `contact`: shape of how one is read. */
export function stopInputsSchema<Contact>(contact: z.ZodType<Contact>) {
  return z
    .array(
      z.strictObject({
        inputId: id("Stop input: its stops are made in the name input:<inputId>"),
        name: oneLine("What it is, as the stop's reason says it, e.g. fire alarm relay of hall 2").max(120),
        contact,
        activeWhen: z.enum(["on", "off"]).meta({
          description: "State of the contact that stops; off for a normally closed one, where a broken wire stops too",
        }),
        cohorts: z
          .array(id("Cohort that it stops"))
          .min(1)
          .meta({ description: "Cohorts that it stops; the whole site when absent" })
          .optional(),
        pollSeconds: seconds("Between two reads; two equal ones in a row count", 1, 60),
        silentAfterSeconds: seconds("Without an answer before it is silent", 2, 3_600),
        onSilence: z
          .enum(["warn", "stop"])
          .meta({ description: "When it is silent: warn tells a person, stop stops as if it were active" }),
      }),
    )
    .min(1)
    .max(50)
    .meta({ description: "Contacts, such as an emergency stop or a fire alarm relay, that stop machines for safety" });
}
