import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { checkSiteFile } from "../../src/app/worker/siteFile.ts";
import { deploymentChanges } from "../../src/app/system/deploymentChanges.ts";

const DAY = "2026-08-18";
const FIRE = {
  inputId: "fire-hall-2",
  name: "Fire alarm relay of hall 2",
  contact: "{ use: modbus-discrete, host: 10.4.0.20, port: 502, unit: 1, address: 0 }",
  activeWhen: "off",
  cohorts: "[caprock-s21]",
  pollSeconds: "1",
  silentAfterSeconds: "10",
  onSilence: "warn",
};

/** The example's file with these stop inputs. */
function siteWith(...inputs: readonly Readonly<Record<string, string | undefined>>[]): string {
  const folder = mkdtempSync(join(tmpdir(), "ballast-contacts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "site.yaml");
  const entries = inputs.map((input) =>
    Object.entries(input)
      .filter(([, value]) => value !== undefined)
      .map(([key, value], index) => `  ${index === 0 ? "-" : " "} ${key}: ${value}`)
      .join("\n"),
  );
  const example = readFileSync("config/example-site.yaml", "utf8");
  const stopInputs = inputs.length === 0 ? "" : `stopInputs:\n${entries.join("\n")}\n`;
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", resolve("config/market/ercot.yaml"))
      .replace(/^sources:$/m, `${stopInputs}sources:`),
  );
  return file;
}

const problemsOf = (...inputs: readonly Readonly<Record<string, string | undefined>>[]) =>
  checkSiteFile(siteWith(...inputs), DAY).problems.map(({ key, message }) => `${key} ${message}`);

it("a contact of a site's file is deployed as it is written, and a site without one has none", () => {
  expect(problemsOf(FIRE)).toEqual([]);
  expect(loadDeployment(siteWith(FIRE), DAY).stopInputs).toEqual([
    {
      inputId: "fire-hall-2",
      name: "Fire alarm relay of hall 2",
      contact: { use: "modbus-discrete", host: "10.4.0.20", port: 502, unit: 1, address: 0 },
      activeWhen: "off",
      cohorts: ["caprock-s21"],
      pollSeconds: 1,
      silentAfterSeconds: 10,
      onSilence: "warn",
    },
  ]);
  expect(loadDeployment(siteWith(), DAY).stopInputs).toBeUndefined();
});

it("what differs between two files names the contact, not its place", () => {
  const estop = { ...FIRE, inputId: "estop", contact: FIRE.contact.replace("address: 0", "address: 1") };
  const before = loadDeployment(siteWith(estop, FIRE), DAY);
  expect(deploymentChanges(before, loadDeployment(siteWith({ ...FIRE, activeWhen: "on" }, estop), DAY))).toEqual([
    "stopInputs[fire-hall-2].activeWhen: off → on",
  ]);
});

it.each([
  ["a cohort that the site has not", { cohorts: "[hall-9]" }, 'stopInputs[0].cohorts[0] is "hall-9", not a cohort'],
  ["one lost read that would be silence", { silentAfterSeconds: "2", pollSeconds: "2" }, "silentAfterSeconds is 2 s"],
  ["a state that is neither on nor off", { activeWhen: "open" }, 'stopInputs[0].activeWhen is "open"'],
  ["no word on silence", { onSilence: undefined }, "stopInputs[0].onSilence missing"],
  ["a register instead of a bit", { contact: FIRE.contact.replace("discrete", "holding") }, "modbus-holding"],
])("%s is refused", (_, changes, problem) => {
  expect(problemsOf({ ...FIRE, ...changes }).join("\n")).toContain(problem);
});

it("two contacts of one name, or at one address, are refused", () => {
  expect(problemsOf(FIRE, FIRE)).toEqual([
    'stopInputs[1].inputId stop input "fire-hall-2" appears twice',
    'stopInputs[1].contact contact at "10.4.0.20:502 unit 1 discrete input 0" appears twice',
  ]);
});
