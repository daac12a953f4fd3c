import type { z } from "zod";
import { finding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { jsonSchemaOf } from "./jsonSchema.ts";
import { choicesAt, inside } from "./schemaLookup.ts";

/** Forms of configuration files that are not read, each with what its keys are in the form that is. */
const OTHER_FORMS: Readonly<Record<string, string>> = {
  "ballast.config/1":
    "feeds as a list of { use: ... }, with ercotBaseUrl and contact in sources.ercot, each cohort's machines.driver " +
    "and machines.port as driver: { use: ..., port: ... }, and each meter's model, host, port and unit as " +
    "meter: { use: ..., host: ... }; config/example-site.yaml shows all of it",
};

const FORM = /^ballast\.[a-z]+\/\d+$/;

/** That a file says it is of another form: one finding, for all others would only follow from it. */
export function otherForm(value: unknown, schema: z.ZodType): Finding | undefined {
  const written = inside(value, "schema");
  if (typeof written !== "string" || !FORM.test(written)) return undefined;
  const [form] = choicesAt(jsonSchemaOf(schema), ["schema"], value);
  const moved = OTHER_FORMS[written];
  if (moved === undefined)
    return written === form ? undefined : finding(["schema"], `is ${written}, a form that is not read here`, `${form}`);
  return finding(["schema"], `is ${written}, a form that is not read`, `${form}: ${moved}`);
}
