import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";

const HELP = `
What it does:
  Takes what QSE, TDSP or ERCOT instruct, in a process of its own beside \`ballast start\`: over HTTP, where each
  message is signed with a key of its issuer or comes over TLS with its certificate, and from watched folders. Issuers
  that may do so also stop machines for safety over HTTP, or let them start again. A
  message is kept in the run's database before it is answered, then its site is told. docs/instructions.md has the
  shapes, the headers and what is refused. A site that cannot be reached is told later; while nothing can be kept,
  senders hear 503 and files stay.

Prints where it listens, and what comes, until Ctrl-C or SIGTERM.

Exit codes: 0 ended by Ctrl-C or SIGTERM; 2 the file cannot be used; 3 a private key that others can read or the
  run does not list; 4 nothing
  has run in the folder.

Example:
  ballast ingress config/ingress/ingress.yaml --run .data/site`;

/** `ballast ingress`: the doors of a run for whoever may instruct it. */
export const ingressCommand = {
  name: "ingress",
  summary: "take instructions of QSE, TDSP and ERCOT",
  description: "Serves the way in for instructions, until Ctrl-C.",
  arguments: [{ name: "<config>", what: "who may instruct, and where it listens; see `ballast check`" }],
  options: [RUN_OPTION],
  help: HELP,
  examples: [{ call: "ballast ingress config/ingress/ingress.yaml", what: "take instructions until Ctrl-C" }],
  async run(config: string, options: { readonly run?: string }): Promise<void> {
    const { readIngress } = await import("../../config/ingress.ts");
    const { createLog } = await import("../log.ts");
    const { serveIngress } = await import("../ingress/serveIngress.ts");
    const { findRunFolder, readRunFile } = await import("../system/runFolder.ts");
    const { dir } = findRunFolder(options.run);
    readRunFile(dir);
    const ended = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ended.abort());
    const doors = await serveIngress({ dataDir: dir, ingress: readIngress(config), log: createLog("ingress") });
    console.log(`Takes instructions at ${doors.url}`);
    if (!ended.signal.aborted) await new Promise((resolve) => ended.signal.addEventListener("abort", resolve));
    await doors.close();
  },
} satisfies AppCommand;
