// A launcher in a process of its own, for tests that kill it: prints the numbers of its children, then waits.
import { startLocalStack } from "../../src/app/stack/localStack.ts";

const [dataDir, graceMs] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("usage: node stackLauncher.ts DATA_DIR GRACE_MS");
const stack = await startLocalStack({ dataDir, onProgress: (line) => process.stderr.write(`${line}\n`) });
const child = await stack.spawnNode(
  "stubborn",
  new URL("./stackChild.ts", import.meta.url).pathname,
  ["stubborn"],
  {},
  { graceMs: Number(graceMs) },
);
process.stdout.write(`${JSON.stringify({ child: child.pid, ownerDatabaseUrl: stack.ownerDatabaseUrl })}\n`);
await stack.failure;
