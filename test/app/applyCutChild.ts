// An apply in a process of its own that is killed before its n-th step: `sent` on standard output once the site hears
// of it, `done` at its end. The site is its one activity that answers, over the same database.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const [dataDir, databaseUrl, candidateFile, requestId, killBefore] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
let steps = 0;

function step(): void {
  if (++steps < Number(killBefore)) return;
  process.kill(process.pid, "SIGKILL");
  for (;;); // the signal is on its way
}

for (const name of ["renameSync", "rmSync"] as const) {
  const original = fs[name] as (...args: unknown[]) => void;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      step();
      original(...args);
    },
  });
}
syncBuiltinESMExports();

const { postgresConfigurationOutcomes, whileApplyingAlone } =
  await import("../../src/adapters/postgres/configurationOutcomes.ts");
const { createPool } = await import("../../src/adapters/postgres/pool.ts");
const { beginApply, concludeApply } = await import("../../src/app/system/begunApply.ts");
const { siteAccepts } = await import("./applyCutSite.ts");
const pool = createPool(databaseUrl, 2);
const deployment = JSON.parse(fs.readFileSync(candidateFile, "utf8"));
const { siteId } = deployment.plan;
await whileApplyingAlone(pool, async () => {
  beginApply(dataDir, { requestId, actor: "maria", at: "2026-08-18T22:05:11.000Z" as never, deployment });
  step();
  fs.writeSync(1, "sent\n");
  step();
  await siteAccepts(pool, join(dataDir, "worker.json"), requestId, deployment);
  step();
  await concludeApply(dataDir, [siteId], postgresConfigurationOutcomes(pool), () => undefined);
  step();
});
fs.writeSync(1, "done\n");
await pool.end();
