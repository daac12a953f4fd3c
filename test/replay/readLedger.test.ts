import { describe, expect, it } from "vitest";
import type { Bundle } from "../../src/replay/bundle.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { readLedger } from "../../src/replay/readLedger.ts";

const path = "ledgers/registers.jsonl";

/** A ledger of these bytes, as a layer of the audit reads it. */
async function read(bytes: Uint8Array | string): Promise<{ rows: readonly unknown[]; findings: string[] }> {
  const bundle = {
    manifest: { ledgers: [{ path }] },
    read: async () => Buffer.from(bytes),
  } as unknown as Bundle;
  const log = new LayerLog("dollars", "registers");
  const rows = await readLedger(bundle, "registers", log);
  return { rows, findings: log.findings.map(({ where, found }) => `${where}: ${found}`) };
}

describe("a ledger with a line that is broken", () => {
  it.each([
    ["cut off in the middle", '{"wh":"1"}\n{"wh":\n{"wh":"3"}\n', /^ledgers\/registers\.jsonl line 2: .*expected JSON/],
    ["null", '{"wh":"1"}\nnull\n{"wh":"3"}\n', /line 2: another value$/],
    ["a list", '{"wh":"1"}\n[]\n{"wh":"3"}\n', /line 2: another value$/],
    ["cut off at the file's end", '{"wh":"1"}\n{"wh":"3"}\n{"wh', /line 3: .*expected JSON/],
  ])("%s is one finding that names the line, and the others are checked", async (_what, text, finding) => {
    const { rows, findings } = await read(text);
    expect(rows).toEqual([{ wh: "1" }, { wh: "3" }]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(finding);
  });

  it("that is no UTF-8 garbles no other", async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"wh":"1"}\n{"wh":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n{"wh":"é"}\n'),
    ]);
    const { rows, findings } = await read(bytes);
    expect(rows).toEqual([{ wh: "1" }, { wh: "é" }]);
    expect(findings).toEqual([expect.stringMatching(/line 2: .*UTF-8/)]);
  });

  it("of which there are a thousand names twenty and counts the rest", async () => {
    const { rows, findings } = await read(`${"x\n".repeat(1_000)}{"wh":"1"}\n`);
    expect(rows).toEqual([{ wh: "1" }]);
    expect(findings).toHaveLength(21);
    expect(findings.at(-1)).toBe("ledgers/registers.jsonl: 980 more lines that are none");
  });

  it("whole and with an empty line at its end has no finding", async () => {
    expect(await read('{"wh":"1"}\n\n')).toEqual({ rows: [{ wh: "1" }], findings: [] });
    expect(await read("")).toEqual({ rows: [], findings: [] });
  });
});
