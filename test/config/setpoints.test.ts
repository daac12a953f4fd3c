import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkSiteFile } from "../../src/app/worker/siteFile.ts";

const configFolder = join(import.meta.dirname, "../../config");
const example = readFileSync(join(configFolder, "example-site.yaml"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "ballast-profiles-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Problems of the example site with this profile in the place of its first one, or of the one named. */
function problemsWith(profile: string, instead?: string): string[] {
  const file = join(folder, "site.yaml");
  const first = instead === undefined ? /profile: ("[^"]*"|\S+?)(?=[ ,}\n])/ : `profile: ${instead}`;
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml"))
      .replace(first, `profile: ${JSON.stringify(profile)}`),
  );
  return checkSiteFile(file).problems.map(({ key, message }) => `${key}: ${message}`);
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

describe("the set-point of a mode in a site's file", () => {
  /** Problems and warnings of the example site with this in the place of the first mode's `profile: default`. */
  const checked = (setpoint: string, inOff = "") => {
    const file = join(folder, "setpoint.yaml");
    writeFileSync(
      file,
      example
        .replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml"))
        .replace("powerW: 25 }", `powerW: 25${inOff} }`)
        .replace(", profile: default", setpoint),
    );
    const { problems, warnings } = checkSiteFile(file);
    return [...problems, ...warnings].map(({ key, message, expected }) => `${key}: ${message}; ${expected}`);
  };

  it.each([
    [", watts: 3068", "watts: is 3068 W, a set-point that driver luxos cannot take; one of profile"],
    [", percent: 100", "percent: is 100 % of normal power, a set-point that driver luxos cannot take; one of profile"],
    ["", "profile: missing; the set-point of this mode: one of profile, watts, percent"],
  ])("of LuxOS machines cannot be %j: their driver takes profiles", (setpoint, says) => {
    expect(checked(setpoint)).toEqual([`cohorts[0].modes[1].${says}`]);
  });

  it("is one: a profile and watts are refused", () => {
    expect(checked(", profile: default, watts: 3068")).toEqual([
      'cohorts[0].modes[1].watts: mode "normal" has profile and watts; one set-point a mode',
    ]);
  });

  it("is none for off", () => {
    expect(checked(", profile: default", ", percent: 1")).toEqual([
      "cohorts[0].modes[0].percent: the mode off has percent as set-point; none",
    ]);
  });

  it("that names other watts than the mode is counted with is a warning: megawatts would be missing", () => {
    expect(checked(", watts: 2300")).toContainEqual(
      "cohorts[0].modes[1].powerW: is 3068, and the mode's set-point is 2300 W; W that a machine draws at its " +
        "set-point: about 2300",
    );
  });

  it("is each mode's own: two with the same one are the same mode", () => {
    expect(problemsWith("default", "490MHz")).toContainEqual(
      'cohorts[1].modes[3].profile: set-point "profile default" appears twice',
    );
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
  expect(checkSiteFile(file).warnings.map(({ key, message }) => `${key} ${message}`)).toEqual([
    'cohorts[0].firmware is "braiins", and the machines are commanded by driver luxos',
  ]);
});
