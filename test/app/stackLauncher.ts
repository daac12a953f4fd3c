// A launcher in a process of its own, for tests that kill it: prints the numbers of its children, then waits.
import { startLocalStack } from "../../src/app/stack/localStack.ts";

const [dataDir, keep] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("usage: node stackLauncher.ts DATA_DIR [keep]");
const stack = await startLocalStack({ dataDir, keep: keep === "keep", onProgress: (line) => process.stderr.write(`${line}\n`) });
const child = await stack.spawnNode("stubborn", new URL("./stackChild.ts", import.meta.url).pathname, ["stubborn"], {}, { graceMs: 60_000 });
process.stdout.write(`${JSON.stringify({ child: child.pid, ownerDatabaseUrl: stack.ownerDatabaseUrl })}\n`);
await stack.failure;
