import pino from "pino";
import { cleanText } from "../domain/units/foreignText.ts";
import type { Log } from "../ports/log.ts";

const STANDARD_OUTPUT = 1;
/** Characters that wait for room; what is beyond is lost. */
const WAITING_MAX = 1_000_000;

/**
 * Structured log lines on standard output, each one line whatever a terminal's width. Connection strings and tokens
 * never pass through it. Lines that nobody takes, for want of room or of a reader, are lost.
 */
export function createLog(name: string): Log & { readonly pino: pino.Logger } {
  const destination = pino.destination({ fd: STANDARD_OUTPUT, sync: true, maxLength: WAITING_MAX });
  destination.removeAllListeners("error");
  // Nothing is left to tell it to: a program that serves a site is worth more than its log.
  destination.on("error", () => undefined);
  const settings: pino.LoggerOptions = {
    name,
    level: process.env["BALLAST_LOG_LEVEL"] ?? "info",
    formatters: { log: cleanFields },
    redact: { paths: ["password", "token", "databaseUrl", "*.password", "*.token"], remove: true },
  };
  const logger = pino(settings, destination);
  return {
    pino: logger,
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** The texts of a log line, clean: most were written by the other side. An error is its words and its causes'. */
function cleanFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (value instanceof Error) return [name, cleanText(words(value).join(": "))];
      return [name, typeof value === "string" ? cleanText(value) : value];
    }),
  );
}

const CAUSES_MAX = 5;

/** What an error says, and what each of its causes says. */
function words(error: Error, deep = 0): string[] {
  const { message, cause } = error;
  return [message, ...(cause instanceof Error && deep < CAUSES_MAX ? words(cause, deep + 1) : [])];
}
