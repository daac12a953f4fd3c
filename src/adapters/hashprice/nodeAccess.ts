import { readFileSync } from "node:fs";
import { z } from "zod";
import { PortDataError } from "../../ports/errors.ts";

const place = (what: string) =>
  z
    .union([
      z.strictObject({
        env: z
          .string()
          .regex(/^BALLAST_[A-Z0-9_]+$/)
          .meta({ description: "Environment variable that holds it; workers get those that begin with BALLAST_" }),
      }),
      z.strictObject({
        file: z.string().startsWith("/").meta({ description: "File that holds it and nothing else, from the root" }),
      }),
    ])
    .meta({ description: `${what}: where it stands, never itself` });

/** How a Bitcoin node knows who asks: the cookie that it writes at each start, or a user of its `rpcauth`. */
export const nodeAccess = z
  .union([
    z.strictObject({
      cookieFile: z
        .string()
        .startsWith("/")
        .meta({ description: "The node's .cookie, from the root; read at each poll, since each start writes another" }),
    }),
    z.strictObject({ username: place("User of rpcauth"), password: place("Its password") }),
  ])
  .meta({ description: "Credentials of the node's JSON-RPC" });

type Place = { readonly env: string } | { readonly file: string };

/**
 * `Authorization` of a request to a node, read now: HTTP Basic, as Bitcoin Core asks for. Never in a message.
 * @throws PortDataError naming the place that holds none
 */
export function authorization(access: z.infer<typeof nodeAccess>, env: NodeJS.ProcessEnv = process.env): string {
  const user =
    "cookieFile" in access
      ? lineOf("cookieFile", { file: access.cookieFile }, env)
      : `${lineOf("username", access.username, env)}:${lineOf("password", access.password, env)}`;
  return `Basic ${Buffer.from(user).toString("base64")}`;
}

function lineOf(key: string, from: Place, env: NodeJS.ProcessEnv): string {
  const text = ("env" in from ? env[from.env] : fileText(key, from.file))?.trim() ?? "";
  if (text !== "" && !/[\r\n]/.test(text)) return text;
  const where = "env" in from ? `the environment variable ${from.env}` : `the file ${from.file}`;
  throw new PortDataError(`bitcoin node, auth.${key}: expected one line of text in ${where}, found none`);
}

function fileText(key: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PortDataError(`bitcoin node, auth.${key}: the file ${path} cannot be read (${code})`, { cause });
  }
}
