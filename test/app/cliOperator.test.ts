import { sign, verify } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exitCodeOf } from "../../src/app/commandError.ts";
import {
  addOperator,
  authenticate,
  listOperators,
  removeOperator,
  requireRole,
  scriptKey,
  keyPath,
} from "../../src/app/operator/operatorKeyFile.ts";
import { operatorsFile, readOperators } from "../../src/app/worker/operatorList.ts";
import { inOptions } from "../../src/app/commands/order.ts";
import { parseUntil } from "../../src/app/operator/operatorUntil.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { ballast } from "./cliSupport.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "ballast-operators-"));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function add(actor: string, ...roles: ("desk" | "viewer")[]): string {
  return addOperator({ dataDir, actor, roles, keyFile: join(dataDir, `${actor}.key`) }).keyFile;
}

/** What a command that does this ends with. */
function refusal(work: () => unknown): { readonly exitCode: number; readonly message: string } {
  try {
    work();
  } catch (error) {
    return { exitCode: exitCodeOf(error), message: (error as Error).message };
  }
  throw new Error("was not refused");
}

/** What a refusal reads like for who typed the order. */
function asTyped(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (inOptions(error) as Error).message;
  }
  throw new Error("was not refused");
}

describe("operators of a run", () => {
  it("are known by their key, with the roles they were given", () => {
    const [maria, wall] = [add("maria.lopez", "desk", "viewer"), add("wallboard", "viewer")];
    expect(authenticate(dataDir, maria)).toMatchObject({ actor: "maria.lopez", roles: ["desk", "viewer"] });
    expect(authenticate(dataDir, wall)).toMatchObject({ actor: "wallboard", roles: ["viewer"] });
  });

  it("are kept by their public key, never the private one, in files only their owner can read", () => {
    const file = add("maria.lopez", "desk");
    const privateKeyPem = readFileSync(file, "utf8");
    const [key] = readOperators(operatorsFile(dataDir));
    const signature = sign(null, Buffer.from("text"), privateKeyPem);
    expect(verify(null, Buffer.from("text"), key?.publicKeyPem as string, signature)).toBe(true);
    const secret = privateKeyPem.split("\n")[1] as string;
    expect(readFileSync(join(dataDir, "operators.json"), "utf8")).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, "operators.json")).mode & 0o777).toBe(0o600);
  });

  it("have a key of their own each", () => {
    expect(readFileSync(add("a", "desk"), "utf8")).not.toBe(readFileSync(add("b", "desk"), "utf8"));
  });

  it("are refused with a key that another run made", () => {
    const file = add("maria.lopez", "desk");
    const other = mkdtempSync(join(tmpdir(), "ballast-operators-"));
    try {
      const { exitCode, message } = refusal(() => authenticate(other, file));
      expect(exitCode).toBe(3);
      expect(message).toContain("is not known to the run");
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it.each([0o640, 0o604, 0o620])("are refused with a key file of mode %o: others can get at it", (mode) => {
    const file = add("maria.lopez", "desk");
    chmodSync(file, mode);
    const { exitCode, message } = refusal(() => authenticate(dataDir, file));
    expect(exitCode).toBe(3);
    expect(message).toContain(`chmod 600 ${file}`);
  });

  it("are all refused when others can write the list of operators", () => {
    const file = add("maria.lopez", "desk");
    chmodSync(join(dataDir, "operators.json"), 0o666);
    expect(refusal(() => authenticate(dataDir, file)).message).toContain("is open to others");
  });

  it.each([
    ["an empty one", "\n"],
    ["another secret", "hunter2\n"],
  ])("are refused with %s as key file", (_what, text) => {
    add("maria.lopez", "desk");
    const file = join(dataDir, "strange.key");
    writeFileSync(file, text, { mode: 0o600 });
    const { exitCode, message } = refusal(() => authenticate(dataDir, file));
    expect(exitCode).toBe(3);
    expect(message).not.toContain("hunter2");
  });

  it("cannot get in any more once removed, and others still can", () => {
    const [maria, joe] = [add("maria", "desk"), add("joe", "desk")];
    removeOperator(dataDir, "maria");
    expect(refusal(() => authenticate(dataDir, maria)).exitCode).toBe(3);
    expect(authenticate(dataDir, joe).actor).toBe("joe");
    expect(listOperators(dataDir)).toEqual([{ actor: "joe", roles: ["desk"] }]);
  });

  it("are added once, and never over an existing file", () => {
    const file = add("maria", "desk");
    const before = readFileSync(file, "utf8");
    expect(
      refusal(() => addOperator({ dataDir, actor: "maria", roles: ["desk"], keyFile: join(dataDir, "second") }))
        .exitCode,
    ).toBe(2);
    expect(existsSync(join(dataDir, "second"))).toBe(false);
    expect(refusal(() => addOperator({ dataDir, actor: "joe", roles: ["desk"], keyFile: file })).exitCode).toBe(2);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(listOperators(dataDir)).toHaveLength(1);
  });

  it("of a script are the same when the script runs again in the same folder, and get a new key when the old one is gone", () => {
    const first = scriptKey(dataDir, "script");
    expect(scriptKey(dataDir, "script")).toBe(first);
    rmSync(join(dataDir, "script.pem"));
    expect(scriptKey(dataDir, "script")).not.toBe(first);
    expect(authenticate(dataDir, join(dataDir, "script.pem")).actor).toBe("script");
    expect(listOperators(dataDir)).toHaveLength(1);
  });

  it("are all kept when many are added and removed at once: nobody added is lost, nobody removed comes back", async () => {
    const leaving = ["l1", "l2", "l3", "l4"];
    for (const actor of leaving) add(actor, "desk");
    const coming = ["c1", "c2", "c3", "c4"];
    const key = (actor: string) => ["--key-file", join(dataDir, `${actor}.key`)];
    const runs = await Promise.all([
      ...leaving.map((actor) => ballast(["operator", "remove", "--actor", actor, "--run", dataDir])),
      ...coming.map((actor) =>
        ballast(["operator", "add", "--actor", actor, "--roles", "desk", "--run", dataDir, ...key(actor)]),
      ),
    ]);
    expect(runs.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(runs.map(() => "0 "));
    const left = listOperators(dataDir).map(({ actor }) => actor);
    expect(left.toSorted()).toEqual(coming);
    expect(existsSync(join(dataDir, "operators.json.lock"))).toBe(false);
  });

  it("are refused with a key file of another account, and when the list is another account's", () => {
    const file = add("maria", "desk");
    const own = process.getuid?.() as number;
    const as = vi.spyOn(process, "getuid").mockReturnValue(own + 1);
    try {
      expect(refusal(() => authenticate(dataDir, file)).message).toContain(`belongs to another account (uid ${own})`);
      expect(refusal(() => listOperators(dataDir)).message).toContain("belongs to another account");
    } finally {
      as.mockRestore();
    }
  });

  it("who only look may not order", () => {
    expect(() => requireRole({ actor: "maria", roles: ["desk"] }, ["desk"], "order")).not.toThrow();
    expect(refusal(() => requireRole({ actor: "wallboard", roles: ["viewer"] }, ["desk"], "order")).exitCode).toBe(3);
  });

  it("who may only stop for safety may not order, and who only looks may not stop", () => {
    const panel = { actor: "fire-panel", roles: ["stop"] } as const;
    expect(() => requireRole(panel, ["desk", "stop"], "stop machines")).not.toThrow();
    expect(refusal(() => requireRole(panel, ["desk"], "order")).message).toContain("takes the role desk, and");
    const wallboard = { actor: "wallboard", roles: ["viewer"] } as const;
    expect(refusal(() => requireRole(wallboard, ["desk", "stop"], "stop machines")).message).toContain(
      "wallboard may not stop machines: that takes the role desk or stop",
    );
  });

  it("find their key where the argument, the environment or the home folder says, in this order", () => {
    expect(keyPath("/a", { BALLAST_KEY_FILE: "/b", XDG_CONFIG_HOME: "/c" })).toBe("/a");
    expect(keyPath(undefined, { BALLAST_KEY_FILE: "/b", XDG_CONFIG_HOME: "/c" })).toBe("/b");
    expect(keyPath(undefined, { XDG_CONFIG_HOME: "/c" })).toBe("/c/ballast/key");
    expect(keyPath(undefined, {})).toMatch(/\/\.config\/ballast\/key$/);
  });

  it("are added on the command line, which prints where the key is and not the key", async () => {
    const file = join(dataDir, "new", "maria.key");
    const { code, stdout } = await ballast([
      "operator",
      "add",
      "--actor",
      "maria",
      "--roles",
      "desk",
      "viewer",
      "--key-file",
      file,
      "--run",
      dataDir,
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(`maria (desk, viewer at every site): key written to ${file}\n`);
    expect(authenticate(dataDir, file)).toMatchObject({ actor: "maria", roles: ["desk", "viewer"] });
    const list = await ballast(["operator", "list", "--json", "--run", dataDir]);
    expect(JSON.parse(list.stdout)).toEqual({ operators: [{ actor: "maria", roles: ["desk", "viewer"] }] });
  });

  it("are added for a site that the run does not have yet, with a note that names those it has", async () => {
    const deployments = ["pecan-draw", "salt-fork"].map((siteId) => ({ plan: { siteId }, feeds: [], meters: [] }));
    const run = { deployments, appDatabaseUrl: "postgres://none", temporalAddress: "127.0.0.1:1" };
    writeFileSync(join(dataDir, "run.json"), JSON.stringify(run));
    const keyFile = join(dataDir, "pat.key");
    const added = ["operator", "add", "--actor", "pat", "--roles", "desk", "--sites", "saltfork"];
    const { code, stderr } = await ballast([...added, "--key-file", keyFile, "--run", dataDir]);
    expect([code, stderr]).toEqual([
      0,
      'ballast: note: this run has no site "saltfork"; it has: pecan-draw, salt-fork\n',
    ]);
    expect(authenticate(dataDir, keyFile)).toMatchObject({ sites: ["saltfork"] });
  });

  it("belong to a run that is there: a misspelt data folder is refused and not made", async () => {
    const typo = join(dataDir, "typo");
    for (const what of [["list"], ["add", "--actor", "maria", "--roles", "desk", "--key-file", join(dataDir, "t")]]) {
      const { code, stderr } = await ballast(["operator", ...what, "--run", typo]);
      expect([code, stderr]).toEqual([4, expect.stringContaining(`there is no data folder ${typo}; start the site`)]);
    }
    expect(existsSync(typo)).toBe(false);
  });

  it("cannot be given a role that does not exist, nor a name with line feeds in it", async () => {
    const role = await ballast(["operator", "add", "--actor", "maria", "--roles", "god", "--run", dataDir]);
    expect([role.code, role.stderr.split("\n")[0]]).toEqual([
      2,
      "ballast: option '--roles <role...>' argument 'god' is invalid. Allowed choices are desk, stop, start-again, viewer.",
    ]);
    expect((await ballast(["operator", "add", "--actor", "ma\nria", "--roles", "desk", "--run", dataDir])).code).toBe(
      2,
    );
    expect(listOperators(dataDir)).toEqual([]);
  });
});

describe("the end of an order", () => {
  const now = wallToInstant({ day: "2026-08-18", time: "18:02:30", repeatedHour: false });

  it.each([
    ["+45m", "2026-08-18T23:47:30.000Z"],
    ["+1h30m", "2026-08-19T00:32:30.000Z"],
    ["+2h", "2026-08-19T01:02:30.000Z"],
    ["21:30", "2026-08-19T02:30:00.000Z"],
    ["2026-08-18T21:30-05:00", "2026-08-19T02:30:00.000Z"],
    ["2026-08-19T02:30:15Z", "2026-08-19T02:30:15.000Z"],
    ["2026-08-19T02:30", "2026-08-19T07:30:00.000Z"],
    ["2026-08-19 02:30", "2026-08-19T07:30:00.000Z"],
    ["+24h", "2026-08-19T23:02:30.000Z"],
  ])("%s at 18:02:30 Central on 18 August 2026 is %s", (text, instant) => {
    expect(parseUntil(text, now)).toBe(instant);
  });

  it.each(["", "+", "+m", "45m", "24:00", "9:00", "21:30:00", "tomorrow", "2026-08-18T21", "+-5m"])(
    "cannot be %j",
    (text) => {
      const { exitCode, message } = refusal(() => parseUntil(text, now));
      expect(exitCode).toBe(2);
      expect(message).toContain(
        `"${text}" is not a time at which an order can end; expected HH:MM or YYYY-MM-DDTHH:MM`,
      );
      expect(message).not.toContain("--");
      expect(asTyped(() => parseUntil(text, now))).toBe(`--until: ${message}`);
    },
  );

  it("that has passed today is refused with how to write tomorrow's, whatever the clocks do in between", () => {
    const early = refusal(() => parseUntil("00:30", now));
    expect(early.exitCode).toBe(2);
    expect(early.message).toContain(
      "00:30 Central has passed on 2026-08-18; if tomorrow is meant, write 2026-08-19T00:30-05:00",
    );
    const autumn = wallToInstant({ day: "2026-10-31", time: "23:40:00", repeatedHour: false });
    expect(refusal(() => parseUntil("06:30", autumn)).message).toContain("write 2026-11-01T06:30-06:00");
  });

  it.each(["2026-08-21T18:00", "+72h", "2027-08-18T21:30-05:00"])(
    "more than a day ahead is asked for again: %s is no order until somebody says that a long one is meant",
    (text) => {
      const { exitCode, message } = refusal(() => parseUntil(text, now));
      expect(exitCode).toBe(2);
      expect(message).toMatch(
        /^\S+ is \d+ hours ahead, 202\d-08-\d\d \d\d:\d\d Central; an order that is to last longer/,
      );
      expect(message).not.toContain("--");
      expect(asTyped(() => parseUntil(text, now))).toBe(`--until: ${message}: add --long`);
      expect(parseUntil(text, now, true) > now).toBe(true);
    },
  );

  it("cannot be a time that the day skips, nor one that it has twice without saying which", () => {
    const onDay = (instant: string) => (text: string) => refusal(() => parseUntil(text, instant as Instant)).message;
    expect(onDay("2026-03-08T07:00:00.000Z")("02:30")).toContain("this hour does not exist");
    expect(onDay("2026-11-01T05:10:00.000Z")("01:30")).toContain("comes twice on 2026-11-01");
  });
});
