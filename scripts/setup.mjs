// Makes a fresh clone ready to run: dependencies, the pinned Node, a Temporal server. Quick when all is there.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./lib/dependencies.mjs";
import { obtainTemporal } from "./lib/obtainTemporal.mjs";
import { say } from "./lib/progress.mjs";

/**
 * Does whatever set-up is still missing. `temporal: false` leaves the Temporal server out, for commands that need none.
 */
export async function setUp({ temporal = true } = {}) {
  await installed();
  if (temporal) await obtainTemporal();
}

async function installed() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new Error(`Node 20 or newer is needed to set Ballast up, this is ${process.version}`);
  await ensureDependencies();
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
  try {
    await installed();
    const server = await obtainTemporal();
    say(
      `Ready: Temporal is ${server.kind === "address" ? `at ${server.address}` : `${server.path} (${server.version})`}`,
    );
  } catch (error) {
    say(`Set-up failed: ${/** @type {Error} */ (error).message}`);
    process.exitCode = 1;
  }
}
