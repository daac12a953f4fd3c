import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { projectRoot } from "../../src/local/places.mjs";
import { EXAMPLE_SITE } from "./cliSupport.ts";

it("a start with an address that is none names the variable, tells no password, and leaves no folder for others to write", () => {
  const dir = mkdtempSync(join(tmpdir(), "ballast-start-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const data = join(dir, "site");
  writeFileSync(join(dir, "ca"), "no certificate");
  const args = [process.execPath, join(projectRoot, "src/app/cli.ts"), "start", EXAMPLE_SITE, "--data", data];
  const { status, stderr } = spawnSync("sh", ["-c", 'umask 000; exec "$@"', "sh", ...args], {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      BALLAST_DATABASE_URL: "postgres://desk:hunter2@db:99999/ballast",
      TEMPORAL_ADDRESS: "127.0.0.1:1",
      TEMPORAL_TLS_CA_FILE: join(dir, "ca"),
    },
  });
  expect(stderr.replace(/\s+/g, " ")).toContain(
    "BALLAST_DATABASE_URL is no address of a PostgreSQL; expected postgres://",
  );
  expect(stderr).not.toContain("hunter2");
  expect(status).toBe(70);
  expect((statSync(data).mode & 0o022).toString(8)).toBe("0");
});
