import pino from "pino";
import { cleanText } from "../domain/units/foreignText.ts";
import type { Log } from "../ports/log.ts";

/** Structured log lines on standard output. Connection strings and tokens never pass through it. */
export function createLog(name: string): Log & { readonly pino: pino.Logger } {
  const logger = pino({
    name,
    level: process.env["BALLAST_LOG_LEVEL"] ?? "info",
    formatters: { log: cleanFields },
    redact: { paths: ["password", "token", "databaseUrl", "*.password", "*.token"], remove: true },
  });
  return {
    pino: logger,
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** The texts of a log line, clean: most of them were written by the other side. */
function cleanFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? cleanText(value) : value]),
  );
}
