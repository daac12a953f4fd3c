import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { instantFromMs } from "../../src/domain/units/instant.ts";
import { type QseAnswer, type Sending, SimulatedQse } from "../../src/simulators/qse/qse.ts";
import { ballast, type CliResult, startBallast } from "../../test/app/cliSupport.ts";
import { recordedProcesses } from "../../test/faults/supportSystem.ts";

export const QSE = "qse-alpha";
const DESK = "maria.desk";
/** A QSE sends a message again until it is kept, this often and this long. */
const AGAIN_AFTER_MS = 5_000;
const AGAIN_WITHIN_MS = 10 * 60_000;
const OPEN_WITHIN_MS = 60_000;

/** What a message has beside its time of sending; sent again with the same it is the same message. */
type Mark = Required<Pick<Sending, "nonce" | "time">>;

/** The hands that reach into a run from outside: a QSE's, a desk's, and those that pull plugs. */
export class Hands {
  readonly #dataDir: string;
  readonly #say: (line: string) => void;
  readonly #nowMs: () => number;
  readonly #key = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  #ingress: ChildProcessWithoutNullStreams | undefined;
  #port = 0;

  constructor(dataDir: string, nowMs: () => number, say: (line: string) => void) {
    this.#dataDir = dataDir;
    this.#nowMs = nowMs;
    this.#say = say;
  }

  /** A key for the desk, the doors' file, and the doors open. */
  async begin(siteIds: readonly string[]): Promise<void> {
    await this.desk(["operator", "add", "--actor", DESK, "--roles", "desk", "--run", this.#dataDir]);
    const folder = join(this.#dataDir, "ingress");
    mkdirSync(folder, { recursive: true });
    this.#port = await freePort();
    const issuers = { [QSE]: { publicKeys: [`${QSE}.pem`], products: ["ECRS", "ERS-30"], sites: siteIds } };
    writeFileSync(join(folder, `${QSE}.pem`), this.#key.publicKey);
    writeFileSync(
      join(folder, "ingress.yaml"),
      JSON.stringify({ schema: "ballast.ingress/1", listen: { port: this.#port }, issuers }),
    );
    await this.openDoors();
  }

  /** `ballast ingress`, as its service manager starts it. @throws Error when it does not listen in time */
  async openDoors(): Promise<void> {
    const file = join(this.#dataDir, "ingress", "ingress.yaml");
    const child = startBallast(["ingress", file, "--run", this.#dataDir]);
    this.#ingress = child;
    let heard = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (heard = (heard + chunk).slice(-2_000)));
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (heard = (heard + chunk).slice(-2_000)));
    for (const end = Date.now() + OPEN_WITHIN_MS; !heard.includes("Takes instructions at"); await delay(50)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the doors do not open: ${heard}`);
    }
  }

  /** SIGKILL to the doors' process. */
  async killDoors(): Promise<void> {
    const child = this.#ingress;
    if (child === undefined) return;
    this.#ingress = undefined;
    child.kill("SIGKILL");
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(undefined)));
  }

  /** A new message's mark. */
  mark(): Mark {
    return { nonce: randomBytes(18).toString("base64url"), time: this.#stamp() };
  }

  /** Sends one message once. @throws Error when nobody answers */
  async send(body: Readonly<Record<string, unknown>>, how: Sending = {}): Promise<QseAnswer> {
    const answer = await this.#qse().instruct(body, how);
    this.#say(`${this.#stamp()} ${QSE}: ${JSON.stringify(body)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /**
   * Sends a message as a QSE has to: until it is kept or refused, the same one again while nobody answers or nothing
   * can be kept. A request is signed anew for its time. @throws Error when that takes ten minutes
   */
  async insist(body: Readonly<Record<string, unknown>>, how: Sending = this.mark()): Promise<QseAnswer> {
    for (const end = Date.now() + AGAIN_WITHIN_MS; ; await delay(AGAIN_AFTER_MS)) {
      const answer = await this.send(body, { ...how, time: this.#stamp() }).catch((error: Error) => {
        this.#say(`${this.#stamp()} ${QSE}: no answer: ${error.message}`);
        return undefined;
      });
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
      if (Date.now() > end) throw new Error(`${JSON.stringify(body)} was not taken within ten minutes`);
    }
  }

  /** Runs a command of `bin/ballast` with the desk's key. */
  async desk(args: readonly string[]): Promise<CliResult> {
    const result = await ballast(args, {
      BALLAST_RUN_DIR: this.#dataDir,
      BALLAST_KEY_FILE: join(this.#dataDir, "desk.key"),
    });
    const said = (result.stdout.trim() || result.stderr.trim()).split("\n").slice(0, 3).join(" / ");
    this.#say(`${this.#stamp()} ballast ${args.join(" ")}: ${result.code} ${said}`);
    return result;
  }

  /** As `desk`, again while the run does not answer (exit code 4). @throws Error for any other failure */
  async deskInsists(args: readonly string[]): Promise<CliResult> {
    for (const end = Date.now() + AGAIN_WITHIN_MS; ; await delay(AGAIN_AFTER_MS)) {
      const result = await this.desk(args);
      if (result.code === 0) return result;
      if (![4, 70].includes(result.code ?? 0) || Date.now() > end)
        throw new Error(`ballast ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
    }
  }

  /** SIGKILL to a process of the stack; its launcher brings it back. */
  kill(name: "worker" | "temporal" | "postgres"): void {
    this.#say(`${this.#stamp()} ${name} is killed`);
    this.#signal(name, "SIGKILL");
  }

  /** A process of the stack and all below it hang until the function that this returns is called. */
  hang(name: "temporal" | "postgres"): () => void {
    this.#say(`${this.#stamp()} ${name} hangs`);
    const stopped = this.#pids(name).flatMap(withDescendants);
    for (const pid of stopped) signal(pid, "SIGSTOP");
    return () => {
      for (const pid of stopped) signal(pid, "SIGCONT");
      this.#say(`${this.#stamp()} ${name} goes on`);
    };
  }

  /** PostgreSQL away until an instant: for half of the time it hangs, then it is killed whenever it is back. */
  async postgresAway(untilMs: number): Promise<void> {
    const goOn = this.hang("postgres");
    await delay((untilMs - this.#nowMs()) / 2);
    this.#signal("postgres", "SIGKILL");
    goOn();
    while (this.#nowMs() < untilMs) {
      this.#signal("postgres", "SIGKILL");
      await delay(500);
    }
    this.#say(`${this.#stamp()} PostgreSQL may come back`);
  }

  async end(): Promise<void> {
    await this.killDoors();
  }

  #signal(name: string, how: NodeJS.Signals): void {
    for (const pid of this.#pids(name)) signal(pid, how);
  }

  #pids(name: string): readonly number[] {
    return recordedProcesses(this.#dataDir).flatMap((one) => (one.name === name ? [one.pid] : []));
  }

  #qse(): SimulatedQse {
    const url = `http://127.0.0.1:${this.#port}`;
    return new SimulatedQse({ url, privateKeyPem: this.#key.privateKey, now: async () => this.#stamp() });
  }

  #stamp(): string {
    return instantFromMs(Math.round(this.#nowMs()));
  }
}

function signal(pid: number, how: NodeJS.Signals): void {
  try {
    process.kill(pid, how);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A process and all that descend from it, as the kernel knows them. */
function withDescendants(pid: number): readonly number[] {
  const parents = readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(entry), parent: Number(parent) }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
  const below = (one: number): number[] =>
    parents.flatMap(({ pid: child, parent }) => (parent === one ? [child, ...below(child)] : []));
  return [pid, ...below(pid)];
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
