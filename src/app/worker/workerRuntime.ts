import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { Log } from "../../ports/log.ts";

/** What the SDK says of a worker of a site's own queue: it serves activities alone. */
const AS_MEANT = "No workflows registered";

/** Sends what the SDK warns of to the process's log. Once a process, before its first connection. */
export function installRuntime(log: Log): void {
  Runtime.install({
    logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
      if (!message.startsWith(AS_MEANT)) (level === "ERROR" ? log.error : log.warn)({ ...meta }, message);
    }),
    telemetryOptions: { logging: { filter: { core: "WARN", other: "ERROR" }, forward: {} } },
  });
}
