import { readFileSync } from "node:fs";
import { startWorld, type WorldSettings } from "./world.ts";

/**
 * The outside world as a process of its own, from the JSON file that `BALLAST_SIMULATOR_SETTINGS` names. Ends on
 * SIGTERM.
 */
async function main(): Promise<void> {
  const file = process.env["BALLAST_SIMULATOR_SETTINGS"];
  if (!file)
    throw new Error(
      "The simulators need BALLAST_SIMULATOR_SETTINGS in their environment: the file with their settings.",
    );
  const world = await startWorld(JSON.parse(readFileSync(file, "utf8")) as WorldSettings, {
    log: (line) => console.log(line),
  });
  process.on("SIGTERM", () => void world.close().then(() => process.exit(0)));
  process.send?.({ type: "ready", ...world.addresses });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
