import { z } from "zod";
import { publicApiAccess, publicApiProblems } from "./apiAccess.ts";
import type { SettingProblem } from "../../ports/feedSource.ts";

/** How ERCOT's public site is reached: configuration fragment of `sources.ercot`. */
export const ercotAccess = z
  .strictObject({
    baseUrl: z.url({ protocol: /^https?$/ }).meta({ description: "Base address of ERCOT's public site" }),
    contact: z
      .string()
      .min(1)
      .meta({ description: "Address or URL of whoever polls, sent as part of the User-Agent" })
      .optional(),
    api: publicApiAccess.optional(),
  })
  .meta({ description: "ERCOT's public site, where reports and dashboards are read" });

export type ErcotAccess = z.infer<typeof ercotAccess>;

/** Parts of an address that would end up in the middle of every request. */
export function ercotAccessProblems({ baseUrl, api }: ErcotAccess): SettingProblem[] {
  const { username, password, search, hash } = new URL(baseUrl);
  const ofApi = api === undefined ? [] : publicApiProblems(api);
  if ([username, password, search, hash].every((part) => part === "")) return ofApi;
  return [
    ...ofApi,
    {
      in: "feed",
      path: ["baseUrl"],
      message: "has a user, a password, a query or a fragment",
      expected: "an address such as https://www.ercot.com",
    },
  ];
}
