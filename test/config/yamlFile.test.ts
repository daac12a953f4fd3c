import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkConfig } from "../../src/config/load.ts";
import { readYaml } from "../../src/config/yamlFile.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-yaml-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: 1\n`).join("");
const laughs = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`).join("\n");

it.each([
  ["200,000 keys", keys(200_000), 1, /longer than 1000000 bytes/],
  ["60,000 keys", keys(60_000), 1, /more than 20000 lines/],
  ["30,000 keys on one line", `{${"a: 1, ".repeat(30_000)}}`, 1, /more than 20000 values/],
  ["100,000 brackets", "[".repeat(100_000), 1, /more than 20000 values/],
  ["lists nested 500 deep", "[".repeat(500), 1, /nested deeper than 64/],
  ["a billion laughs", `l0: &l0 ha\n${laughs}\n`, 2, /an alias/],
  ["one alias", "site: &a 1\nname: *a\n", 2, /an alias/],
  ["two keys of one name", "siteId: a\nzone: b\nsiteId: c\n", 3, /Map keys must be unique/],
  ["nothing", "", 1, /^ has no content$/],
  ["comments alone", "# later\n", 1, /^ has no content$/],
  ["NUL bytes", "a: 1\u0000\n", 1, /it holds NUL bytes, so it is no text/],
  ["two documents", "a: 1\n---\nb: 2\n", 2, /^ a second document begins here; one file, one document$/],
  ["a prototype for a key", "__proto__: { siteId: pecan }\n", 1, /__proto__/],
])("a configuration of %s is refused within 2 s, with its line", (_what, text, line, message) => {
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  const started = performance.now();
  const { ok, problems } = checkConfig(file);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(ok).toBe(false);
  const [problem] = problems.filter((one) => message.test(`${one.key} ${one.message}`));
  expect(problem).toMatchObject({ line });
});

describe("a configuration that is not saved as UTF-8", () => {
  it.each([
    ["UTF-16, as Windows writes it", Buffer.from("\ufeffsite: {}\n", "utf16le")],
    ["Latin-1", Buffer.from("name: Peca\u00f1 Draw\n", "latin1")],
  ])("is refused for that, in %s", (_what, bytes) => {
    const file = join(folder, "encoding.yaml");
    writeFileSync(file, bytes);
    expect(readYaml(file).problems.map(({ message }) => message)).toEqual([
      "cannot be read (not UTF-8 text; save it as UTF-8, not as UTF-16 or Latin-1)",
    ]);
  });
});
