import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { PortDataError } from "../../ports/errors.ts";
import type { SettingProblem } from "../../ports/feedSource.ts";

const secret = (what: string) =>
  z
    .union([
      z.strictObject({
        env: z
          .string()
          .regex(/^BALLAST_[A-Z0-9_]+$/)
          .meta({ description: "Environment variable that holds it; workers get those that begin with BALLAST_" }),
      }),
      z.strictObject({ file: z.string().min(1).meta({ description: "File that holds it, and nothing else" }) }),
    ])
    .meta({ description: `${what}: where it stands, never itself` });

/** How ERCOT's Public API is reached: configuration fragment of `sources.ercot.api`. */
export const publicApiAccess = z
  .strictObject({
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .meta({ description: "Address of the reports: https://api.ercot.com/api/public-reports" }),
    tokenUrl: z.url({ protocol: /^https?$/ }).meta({ description: "Address that gives tokens, of ERCOT's B2C tenant" }),
    username: secret("Account at apiexplorer.ercot.com"),
    password: secret("Its password"),
    subscriptionKey: secret("A key of its subscription to the Public API"),
  })
  .meta({ description: "ERCOT's Public API, a second route of its reports, with a user's own credentials" });

export type PublicApiAccess = z.infer<typeof publicApiAccess>;

/** Where a secret stands. */
type SecretPlace = PublicApiAccess["username"];

/** What a request needs. Never in a message, a log or a history. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly subscriptionKey: string;
}

/** The same with files named from the root, where they are given relative to `folder`. */
export function withAbsoluteFiles(access: PublicApiAccess, folder: string): PublicApiAccess {
  const absolute = (place: SecretPlace): SecretPlace =>
    "file" in place ? { file: resolve(folder, place.file) } : place;
  return {
    ...access,
    username: absolute(access.username),
    password: absolute(access.password),
    subscriptionKey: absolute(access.subscriptionKey),
  };
}

/** The credentials that an access names, read now. @throws PortDataError naming the place that holds none */
export function credentialsOf(access: PublicApiAccess, env: NodeJS.ProcessEnv = process.env): Credentials {
  const read = (name: keyof Credentials): string => {
    const place = access[name];
    const text = "env" in place ? env[place.env] : fileText(name, place.file);
    const value = text?.trim() ?? "";
    if (value !== "" && !/[\r\n]/.test(value)) return value;
    const where = "env" in place ? `the environment variable ${place.env}` : `the file ${place.file}`;
    throw new PortDataError(`sources.ercot.api.${name}: expected one line of text in ${where}, found none`);
  };
  return { username: read("username"), password: read("password"), subscriptionKey: read("subscriptionKey") };
}

function fileText(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new PortDataError(`sources.ercot.api.${name}: the file ${path} cannot be read (${code})`, { cause: error });
  }
}

/**
 * Addresses to which credentials would travel in the clear, or with parts that do not belong there; and, as a warning,
 * variables that the environment of whoever checks does not have.
 */
export function publicApiProblems(access: PublicApiAccess, env: NodeJS.ProcessEnv = process.env): SettingProblem[] {
  const unset = (["username", "password", "subscriptionKey"] as const).flatMap((name): SettingProblem[] => {
    const place = access[name];
    if (!("env" in place) || (env[place.env] ?? "") !== "") return [];
    const message = `names ${place.env}, which this environment does not have`;
    const expected = "the variable in the environment of `ballast start`";
    return [{ in: "feed", path: ["api", name, "env"], message, expected, isWarning: true }];
  });
  const addresses = (["baseUrl", "tokenUrl"] as const).flatMap((name): SettingProblem[] => {
    const { protocol, hostname, username, password, search, hash } = new URL(access[name]);
    const isLocal = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
    const problem = (message: string, expected: string): SettingProblem => ({
      in: "feed",
      path: ["api", name],
      message,
      expected,
    });
    return [
      ...(protocol === "https:" || isLocal
        ? []
        : [problem("would carry credentials in the clear", "an address that begins with https://")]),
      ...([username, password, search, hash].every((part) => part === "")
        ? []
        : [problem("has a user, a password, a query or a fragment", "a plain address")]),
    ];
  });
  return [...addresses, ...unset];
}
