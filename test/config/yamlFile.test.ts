import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkSiteFile } from "../../src/app/worker/siteFile.ts";
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
  ["NUL bytes", "a: 1\u0000\n", 1, /it holds NUL bytes, so it is not text/],
  ["two documents", "a: 1\n---\nb: 2\n", 2, /^ a second document begins here; one file, one document$/],
  ["3,000 unknown keys", keys(3_000), 1, /has 2910 more problems/],
  ["a tag that nothing resolves", "site: 1\nkey: !env KEY\n", 2, /!env: it would be ignored/],
  ["a list for a key", "site: 1\n? [a]\n: 2\n", 2, /a key that is a list or a map, not a name/],
  [
    "an older YAML, in which a day is a moment",
    "%YAML 1.1\n---\nday: 2024-01-01\n",
    1,
    /%YAML 1.1 changes what values mean/,
  ],
  ["a prototype for a key", "__proto__: { siteId: pecan }\n", 1, /__proto__/],
  ["a name of 200,000 letters", `site: 1\n? ${"k".repeat(200_000)}\n: 2\n`, 2, /^k{79}… unknown key "k{79}…"$/],
  ["a name that a terminal would obey", 'site: 1\n"\\e[2Jsite": 2\n', 2, /^\ufffd\[2Jsite unknown key/],
])("a configuration of %s is refused within 2 s of computing, with its line", (_what, text, line, message) => {
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  const before = process.threadCpuUsage();
  const { ok, problems } = checkSiteFile(file);
  // computing time: others may be at work on this machine
  expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(2_000);
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

it("a market file that is a pipe nobody writes to is refused, not waited for", () => {
  const [site, pipe] = [join(folder, "pipe.yaml"), join(folder, "pipe")];
  execFileSync("mkfifo", [pipe]);
  const example = readFileSync(join(import.meta.dirname, "../../config/example-site.yaml"), "utf8");
  writeFileSync(site, example.replace("market/ercot.yaml", pipe));
  expect(checkSiteFile(site).problems.map(({ key, message }) => `${key} ${message}`)).toEqual([
    `market is ${pipe}, which cannot be read (it is not a regular file)`,
  ]);
});

it.each([100, 1_300])("a configuration of maps nested %d deep is refused in plain words", (deep) => {
  const file = join(folder, "deep.yaml");
  writeFileSync(file, Array.from({ length: deep }, (_, i) => `${" ".repeat(i)}a:`).join("\n"));
  expect(checkSiteFile(file).problems[0]?.message).toBe("nested too deep");
});
