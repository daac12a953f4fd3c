import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookAtFolder } from "../../../src/app/ingress/folderDoor.ts";
import type { HandedIn } from "../../../src/ports/instructionDesk.ts";

let folder: string;
let handedIn: HandedIn[];
let logged: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-folder-"));
  handedIn = [];
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const issuer = {
  sender: { name: "alpha", issuer: "alpha" },
  resources: { MINE_LD1: "mine" },
  keys: new Map<string, string>(),
  certificates: new Set<string>(),
};
const log = { info() {}, warn: (_: object, text: string) => void logged.push(text), error() {} };
/** A desk that keeps all that can be read, and says so. */
const desk = {
  async take(one: HandedIn) {
    handedIn.push(one);
    const verdict = one.said.kind === "refused" ? one.said : ({ kind: "accepted" } as const);
    return { messageNo: String(handedIn.length), verdict, isSeenBefore: false, isTold: true };
  },
  async turnAway() {},
};
const put = (name: string, text = message(name)): void => writeFileSync(join(folder, name), text);
const message = (id: string): string =>
  JSON.stringify({ type: "instruction", id, site: "mine", off: true, issued: "2026-08-18T17:00:00-05:00" });
/** Two looks: what stood at the first is whole at the second. */
const look = async (looks = new Map<string, string>()): Promise<void> => {
  for (let at = 0; at < 2; at += 1) await lookAtFolder({ folder, issuer, desk, log }, looks);
};
const listed = (place: string): string[] => readdirSync(join(folder, place)).sort();
const TOO_LONG = "x".repeat(65_537);

describe("a watched folder", () => {
  it("with hundreds of files that are still written takes the one that is whole", async () => {
    for (let at = 0; at < 250; at += 1) put(`a${at}.tmp`, "{");
    put("whole.json");
    await look();
    expect(listed("taken")).toEqual(["1-whole.json"]);
  });

  it("keeps what was set aside before under the same name", async () => {
    for (const text of [TOO_LONG, `${TOO_LONG}y`]) {
      put("long.json", text);
      await look();
    }
    expect(listed("refused")).toEqual(["2-long.json", "2-long.json.reason.json", "long.json", "long.json.reason.json"]);
  });

  it("writes a reason through no link that stands in its way", async () => {
    const outside = join(folder, "..", `outside-${process.pid}`);
    writeFileSync(outside, "precious");
    mkdirSync(join(folder, "refused"));
    symlinkSync(outside, join(folder, "refused", "long.json.reason.json"));
    put("long.json", TOO_LONG);
    await look();
    expect(readFileSync(outside, "utf8")).toBe("precious");
    expect(listed("refused")).toContain("2-long.json.reason.json");
    rmSync(outside);
  });

  it.each(["taken", "refused"])("whose %s is a link to elsewhere takes nothing until it is gone", async (place) => {
    const elsewhere = mkdtempSync(join(tmpdir(), "ballast-elsewhere-"));
    symlinkSync(elsewhere, join(folder, place));
    put("a.json");
    put("long.json", TOO_LONG);
    await expect(look()).rejects.toThrow(/is no folder of its own/);
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(join(folder, place));
    await look();
    expect(listed("taken")).toEqual(["1-a.json"]);
    rmSync(elsewhere, { recursive: true });
  });

  it("that was moved away and came back bare takes on", async () => {
    put("a.json");
    await look();
    renameSync(join(folder, "taken"), join(folder, "..", `away-${process.pid}`));
    rmSync(join(folder, "..", `away-${process.pid}`), { recursive: true });
    put("b.json");
    await look();
    expect(listed("taken")).toEqual(["2-b.json"]);
  });

  it("with one file that cannot be dealt with takes the others", async () => {
    put("bad.json", TOO_LONG);
    put("good.json");
    mkdirSync(join(folder, "refused"));
    // no name is left for it
    for (let again = 1; again <= 1_000; again += 1)
      writeFileSync(join(folder, "refused", again === 1 ? "bad.json" : `${again}-bad.json`), "");
    await look();
    expect(listed("taken")).toEqual(["1-good.json"]);
    expect(lstatSync(join(folder, "bad.json")).isFile()).toBe(true);
    expect(logged).toContain("a file cannot be dealt with");
  });

  it("reads bytes that came under a wrong ending anew under the right one", async () => {
    const xml = '<Event xmlns="http://www.ercot.com/schema/2007-06/nodal/ews"><ID>n1</ID><summary>s</summary></Event>';
    put("notice.json", xml);
    await look();
    put("notice.xml", xml);
    await look();
    expect(handedIn.map(({ said }) => said.kind)).toEqual(["refused", "notice"]);
    expect(new Set(handedIn.map(({ message: { nonce } }) => nonce)).size).toBe(2);
  });
});
