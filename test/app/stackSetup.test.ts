import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { obtainTemporal } from "../../scripts/lib/obtainTemporal.mjs";
import { tryLock, waitForLock } from "../../src/local/lock.mjs";
import { projectRoot } from "../../src/local/places.mjs";
import { identifyProcess } from "../../src/local/processIdentity.mjs";
import { cachedProgram, checkProgram, locateTemporal } from "../../src/local/temporalProgram.mjs";

const goodVersion = "temporal version 9.9.9 (Server 1.31.2, UI 2.50.1)";
const noGo = { goElsewhere: [] };

let folder: string;
let env: NodeJS.ProcessEnv;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-setup-"));
  env = { BALLAST_CACHE_DIR: join(folder, "cache"), PATH: join(folder, "path") };
  mkdirSync(join(folder, "path"));
});

afterEach(async () => {
  if (server !== undefined) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe("the Temporal server is found", () => {
  it("at TEMPORAL_ADDRESS before anywhere else", async () => {
    writeProgram(join(folder, "path", "temporal"), goodVersion);
    expect(await locateTemporal({ ...env, TEMPORAL_ADDRESS: "temporal.example:7233" })).toEqual({
      kind: "address",
      address: "temporal.example:7233",
    });
  });

  it("on the PATH before the cache", async () => {
    writeProgram(join(folder, "path", "temporal"), goodVersion);
    writeProgram(cachedProgram(env), goodVersion);
    expect(await locateTemporal(env)).toMatchObject({ kind: "program", path: join(folder, "path", "temporal") });
  });

  it("in the cache when the one on the PATH is too old or broken, and says so", async () => {
    writeProgram(join(folder, "path", "temporal"), "temporal version 0.12.0 (Server 1.20.3, UI 2.12.0)");
    writeProgram(cachedProgram(env), goodVersion);
    const rejected: string[] = [];
    expect(await locateTemporal(env, (line) => rejected.push(line))).toMatchObject({
      path: cachedProgram(env),
      version: goodVersion,
    });
    expect(rejected).toEqual([
      expect.stringMatching(/path\/temporal is passed over: it has Server 1\.20\.3, 1\.29 or newer is needed/),
    ]);
  });

  it("nowhere when there is none", async () => {
    expect(await locateTemporal(env)).toBeUndefined();
  });
});

describe("a program that cannot serve", () => {
  it.each([
    ["prints no version", "#!/bin/sh\necho hello\n", 'printed "hello"'],
    ["fails", "#!/bin/sh\nexit 9\n", "failed"],
  ])("because it %s is told from one that can", async (_why, script, problem) => {
    const path = join(folder, "odd");
    writeFileSync(path, script, { mode: 0o755 });
    expect((await checkProgram(path)).problem).toContain(problem);
  });
});

describe("the download", () => {
  it("is checked, unpacked and kept; two set-ups at once fetch it once", async () => {
    const { url, sha256, requests } = await serveArchive();
    const { href } = new URL("../../scripts/lib/obtainTemporal.mjs", import.meta.url);
    const script = `
      import { obtainTemporal } from ${JSON.stringify(href)};
      const found = await obtainTemporal(process.env, ${JSON.stringify({ url, sha256, ...noGo })});
      process.stdout.write(JSON.stringify(found));`;
    const outputs = await Promise.all([1, 2].map(() => runNode(script, withTools(env))));
    for (const output of outputs)
      expect(JSON.parse(output)).toEqual({ kind: "program", path: cachedProgram(env), version: goodVersion });
    expect(requests()).toBe(1);
  });

  it("with another SHA-256 is thrown away, and the error names every way to a server", async () => {
    const { url } = await serveArchive();
    const failure = obtainTemporal(withTools(env), { url, sha256: "0".repeat(64), ...noGo });
    await expect(failure).rejects.toThrow(/SHA-256 [0-9a-f]{64}, expected 0{64}: it is not used/);
    await expect(failure).rejects.toThrow(
      /TEMPORAL_ADDRESS=host:port[^]*on the PATH[^]*connect to the internet[^]*install Go 1\.25/,
    );
    expect(existsSync(cachedProgram(env))).toBe(false);
  });

  it("that the server refuses is told with its status", async () => {
    const { url } = await serveArchive(503);
    await expect(obtainTemporal(withTools(env), { url, ...noGo })).rejects.toThrow(`HTTP 503 from ${url}`);
  });
});

describe("a clone without its packages", () => {
  // Node 20 strips no types: neither does this one.
  const run = (...program: string[]) => {
    for (const part of ["bin", "scripts", "src/local", "package.json", "package-lock.json"])
      cpSync(join(projectRoot, part), join(folder, "clone", part), { recursive: true });
    const [script = "", ...args] = program;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--no-strip-types", join(folder, "clone", script), ...args],
      { encoding: "utf8", env },
    );
    return { status, stderr };
  };

  it("gets as far as installing them: the set-up is plain JavaScript on Node alone", () => {
    expect(run("scripts/setup.mjs")).toEqual({
      status: 1,
      stderr: expect.stringMatching(/Set-up failed: npm could not be started .*install Node 20 or newer with npm\n$/),
    });
  });

  it("does so for each command of npm run", () => {
    expect(run("scripts/run.mjs", "demo").stderr).toMatch(/Set-up failed: npm could not be started/);
  });

  it("says of bin/ballast what to run first", () => {
    expect(run("bin/ballast", "status")).toEqual({
      status: 1,
      stderr:
        "ballast: the dependencies are not installed; run this first: " +
        `npm --prefix ${join(folder, "clone")} run setup\n`,
    });
  });
});

describe("package-lock.json", () => {
  it("names the optional packages of every platform, without which npm ci refuses it", () => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(projectRoot, "scripts", "completeLock.mjs"), "--check"],
      { encoding: "utf8" },
    );
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });
});

describe("the set-up's lock", () => {
  it("is held against others until it is released", async () => {
    const path = join(folder, "setup.lock");
    const { release } = tryLock(path);
    expect(tryLock(path).holder).toEqual(identifyProcess(process.pid));
    const waited: number[] = [];
    const second = waitForLock(path, { timeoutMs: 5000, onWait: (holder) => waited.push(holder.pid) });
    release?.();
    (await second)();
    expect(waited).toEqual([process.pid]);
    expect(existsSync(path)).toBe(false);
  });

  it("of a process that was killed is taken over", async () => {
    const path = join(folder, "setup.lock");
    const script = `
      import { tryLock } from ${JSON.stringify(new URL("../../src/local/lock.mjs", import.meta.url).href)};
      tryLock(${JSON.stringify(path)});
      process.stdout.write("held\\n");
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    expect(tryLock(path).holder?.pid).toBe(holder.pid);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(tryLock(path).release).toBeTypeOf("function");
  });

  it("of a number that another process has now is taken over", () => {
    const path = join(folder, "setup.lock");
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: "an earlier boot/1" }));
    expect(tryLock(path).release).toBeTypeOf("function");
  });

  it("that stays held is given up on, naming the holder", async () => {
    const path = join(folder, "setup.lock");
    tryLock(path);
    await expect(waitForLock(path, { timeoutMs: 10 })).rejects.toThrow(`process ${process.pid} has held ${path}`);
  });
});

function writeProgram(path: string, version: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
  chmodSync(path, 0o755);
}

/** A PATH with the unpacking tools and nothing else, so that neither a real Temporal nor Go is found. */
function withTools(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  for (const tool of ["tar", "gzip"]) {
    const link = join(folder, "path", tool);
    if (!existsSync(link)) symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), link);
  }
  return base;
}

/** A real archive with a program in it, behind a real web server. */
async function serveArchive(status = 200): Promise<{ url: string; sha256: string; requests: () => number }> {
  writeProgram(join(folder, "release", "temporal"), goodVersion);
  const archive = join(folder, "release.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", join(folder, "release"), "temporal"]);
  const bytes = readFileSync(archive);
  let requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(status).end(status === 200 ? bytes : undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/temporal.tar.gz`,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    requests: () => requests,
  };
}

function runNode(script: string, childEnv: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      env: childEnv,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`the set-up ended with exit code ${code}`)),
    );
  });
}
