import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { auditParsers } from "../src/app/evidence/auditParsers.ts";
import { loadDeployment } from "../src/app/worker/loadDeployment.ts";
import { auditBundle } from "../src/replay/audit.ts";
import { integrity } from "../src/replay/layers/integrity.ts";
import { openReplayer } from "../src/replay/replayer.ts";
import { type Bench, type BenchReport, countOption } from "./support/bench.ts";
import { editBytes, filesOf } from "./support/byteEdits.ts";
import { peakMemoryMb } from "./support/machine.ts";

const CONFIG = fileURLToPath(new URL("../config/example-site.yaml", import.meta.url));
const WORKFLOWS = fileURLToPath(new URL("../workflows/index.ts", import.meta.url));

/** Every byte of a bundle is bound: edits one at a time, each of which an audit without any anchor must find. */
export const byteEdits: Bench = {
  name: "byte-edits",
  summary: "single bytes of an audit bundle changed in place, and how many of them the audit does not find",
  options: (command) =>
    command
      .option("--bundle <dir>", "bundle of the example site, as the demo leaves one; it is copied, not changed")
      .option("--day <date>", "operating day of that bundle", "2026-08-18")
      .option("--edits <n>", "bytes to change", "1000")
      .option("--whole <n>", "of them shown to the whole audit, the others to its integrity layer", "20")
      .option("--seed <n>", "fixes the edits", "20260818"),
  run: async (options, { dataDir, say }): Promise<BenchReport> => {
    const given = options["bundle"];
    if (typeof given !== "string")
      throw new RangeError("--bundle: expected the folder of a bundle; `npm run demo` leaves one in .data");
    const edits = countOption(options, "edits");
    const auditedWhole = countOption(options, "whole");
    const seed = countOption(options, "seed");
    const dir = join(dataDir, "edited");
    cpSync(resolve(given), dir, { recursive: true });
    const parsers = auditParsers(loadDeployment(CONFIG, String(options["day"])).plan);
    const replayer = await openReplayer(WORKFLOWS);
    try {
      const common = { workflowsPath: WORKFLOWS, parsers };
      const auditOf = () => auditBundle(dir, { ...common, replayer });
      if (!(await auditOf()).ok) throw new Error(`${given}: the bundle does not hold before anything is changed`);
      say(`The bundle holds; ${edits} edits ...`);
      const integrityOf = () => auditBundle(dir, { ...common, layers: [integrity] });
      const { missed, touched } = await editBytes({ dir, edits, auditedWhole, seed, integrityOf, auditOf });
      const peak = peakMemoryMb(process.pid);
      return {
        inputSize: `a bundle of ${filesOf(dir).length} files, ${edits} edits, ${auditedWhole} of them audited whole`,
        seed,
        peakMemoryMb: peak === undefined ? {} : { audit: peak },
        tables: [
          {
            title: "Edits that nobody found",
            columns: ["edit"],
            rows: missed.length === 0 ? [["none"]] : missed.map((one) => [one]),
          },
        ],
        figures: { edits, missed: missed.length, filesTouched: touched.size },
        goals: [{ figure: "missed", what: "edits that the audit does not find", limit: 0, sense: "max" }],
        notes: ["Judged without an anchor: neither the published head nor the public key is given."],
      };
    } finally {
      replayer.close();
    }
  },
};
