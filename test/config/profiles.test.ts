import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { driverFindings } from "../../src/app/worker/driverFindings.ts";
import { checkConfig } from "../../src/config/index.ts";

const configFolder = join(import.meta.dirname, "../../config");
const example = readFileSync(join(configFolder, "example-site.yaml"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "ballast-profiles-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Problems of the example site with this profile in the place of its first one. */
function problemsWith(profile: string): string[] {
  const file = join(folder, "site.yaml");
  const first = /profile: ("[^"]*"|\S+?)(?=[ ,}\n])/;
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml"))
      .replace(first, `profile: ${JSON.stringify(profile)}`),
  );
  return checkConfig(file, driverFindings).problems.map(({ key, message }) => `${key}: ${message}`);
}

describe("a firmware profile in a site's file", () => {
  it.each([
    ["2300W", "an estimate"],
    ["2.2kW", "an estimate"],
    ["100THs", "an estimate"],
    ["2", "an estimate or a board"],
    ["+1", "a step"],
    ["-2", "a step"],
    ["415MHz,0", "a comma"],
    ["415\u0000MHz", "printable"],
  ])("%j is refused before anything starts: to the driver it would be %s", (profile, why) => {
    expect(problemsWith(profile)).toEqual([
      expect.stringMatching(/^cohorts\[0\]\.modes\[1\]\.profile: is ".*", which driver luxos cannot send: /),
    ]);
    expect(problemsWith(profile)[0]).toContain(why.split(" ").at(-1));
  });

  it.each(["490MHz", "default", "S19 415MHz (eco)", "eco/night"])("%j is a name that can be sent", (profile) => {
    expect(problemsWith(profile)).toEqual([]);
  });
});

it("a firmware of another name than the driver's is a warning: the machines would not understand", () => {
  const file = join(folder, "firmware.yaml");
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml"))
      .replace("firmware: luxos", "firmware: braiins"),
  );
  expect(checkConfig(file, driverFindings).warnings.map(({ key, message }) => `${key} ${message}`)).toEqual([
    'cohorts[0].firmware is "braiins", and the machines are commanded by driver luxos',
  ]);
});
