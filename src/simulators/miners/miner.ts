import { MachineFaults } from "./faults.ts";
import type { FaultRates, MinerFault, ProfilePoint, SimMinerSpec, SimMinerState, SimOutcome } from "./model.ts";
import { energyWms, isMoving, loadAt, type Load, type LoadSegment } from "./powerCurve.ts";
import { profileTable } from "./profileTables.ts";
import { plusMinus, unitInterval } from "./seeded.ts";

const ASLEEP_WATTS = 25;
/** Boards on, no work: fans and chips at rest. */
const IDLE_WATTS = 180;
const SLEEP_TAU_MS = 1_500;
const STEP_TAU_MS = 3_000;
const WAKE = { deadMs: 2_000, tauMs: 30_000 };
const WAKE_STEPPED = { deadMs: 2_000, tauMs: 10_000 }; // voltage_step or frequency_step given
const WAKE_UNSAFE = { deadMs: 2_000, tauMs: 3_000 };
/** From power to a machine that answers and begins to hash: the board boots, and the miner starts. */
const BOOT = { deadMs: 60_000, tauMs: 30_000 };
const WAKE_SLOW = { deadMs: 60_000, tauMs: 120_000 };
const AIR_C = 24;
const WATTS_PER_DEGREE = 90;
const TRUE_POWER_SPREAD = 0.02;
const POWER_BIAS_SPREAD = 0.08;
const READ_NOISE = 0.01;
const PSU_MEASURES_SHARE = 0.1;
const MS_PER_HOUR = 3_600_000;

export type WakeSpeed = "default" | "stepped" | "unsafe";

export interface CommandEffect {
  readonly outcome: SimOutcome;
  readonly replied: boolean;
}

/**
 * One machine, whatever it is spoken to in: what it draws (true), how warm it is, what it says of itself, what commands
 * and faults do. All of it a function of market time and commands.
 */
export class SimMiner {
  readonly spec: SimMinerSpec;
  readonly profiles: readonly ProfilePoint[];
  readonly faults: MachineFaults;
  /** What `CurtailMode` shows. */
  showsAsleep: boolean;
  readonly psuMeasures: boolean;
  readonly seed: number;
  readonly #powerFactor: number;
  #profile: ProfilePoint;
  #asleep: boolean;
  #stalled = false;
  #restartCommands = 0;
  #segment: LoadSegment;
  #pastWms = 0;
  #startedMs: number;
  #hasPower = true;
  /** When power goes and comes, ahead of what has been asked for. */
  #powerEdges: readonly { readonly atMs: number; readonly hasPower: boolean }[] = [];

  /** @throws Error when the initial profile is not one of the model's. */
  constructor(spec: SimMinerSpec, seed: number, rates: FaultRates, nowMs: number) {
    this.spec = spec;
    this.profiles = profileTable(spec.model);
    this.faults = new MachineFaults(seed, spec.machineId, rates);
    this.seed = seed;
    this.#powerFactor = 1 + plusMinus(TRUE_POWER_SPREAD, seed, spec.machineId, "true power");
    this.psuMeasures = unitInterval(seed, spec.machineId, "psu") < PSU_MEASURES_SHARE;
    this.#startedMs = nowMs;
    this.showsAsleep = this.#asleep = spec.asleep ?? false;
    const wanted = spec.profile ?? "default";
    const profile = this.profiles.find(({ name }) => name === wanted);
    if (!profile)
      throw new Error(
        `simulated miner ${spec.machineId}: no profile "${wanted}" on ${spec.model}; there are ` +
          `${this.profiles.map(({ name }) => name).join(", ")}`,
      );
    this.#profile = profile;
    const load = this.#target();
    this.#segment = { kind: "steady", startMs: nowMs, deadMs: 0, tauMs: 0, from: load, to: load };
  }

  get profile(): ProfilePoint {
    return this.#profile;
  }

  /** Takes the power away between two market times, both ahead. */
  cutPower(fromMs: number, untilMs: number): void {
    const edges = [
      { atMs: fromMs, hasPower: false },
      { atMs: untilMs, hasPower: true },
    ];
    this.#powerEdges = [...this.#powerEdges, ...edges].sort((a, b) => a.atMs - b.atMs);
  }

  /** Has power, and has booted. */
  isUp(atMs: number): boolean {
    this.#passPower(atMs);
    return this.#hasPower && atMs >= this.#startedMs;
  }

  /** When its software began to run. */
  startedMs(atMs: number): number {
    this.#passPower(atMs);
    return this.#startedMs;
  }

  trueLoad(atMs: number): Load {
    this.#passPower(atMs);
    return loadAt(this.#segment, atMs);
  }

  wattHours(atMs: number): number {
    this.#passPower(atMs);
    return (this.#pastWms + energyWms(this.#segment, atMs)) / MS_PER_HOUR;
  }

  isRamping(atMs: number): boolean {
    this.#passPower(atMs);
    return !this.#asleep && !this.#stalled && isMoving(this.#segment, atMs);
  }

  /**
   * What `power` answers: true watts, an individual bias where the supply does not measure, and 1 % of noise a second.
   */
  shownWatts(atMs: number): number {
    const bias = this.psuMeasures ? 0 : plusMinus(POWER_BIAS_SPREAD, this.seed, this.spec.machineId, "bias");
    return Math.round(this.trueLoad(atMs).watts * (1 + bias) * (1 + this.noise("watts", atMs)));
  }

  /** Up to ±1 %, new each market second. */
  noise(of: string, atMs: number): number {
    return plusMinus(READ_NOISE, this.seed, this.spec.machineId, of, Math.floor(atMs / 1000));
  }

  state(atMs: number): SimMinerState {
    const load = this.trueLoad(atMs);
    return {
      asleep: this.#asleep,
      profile: this.#profile.name,
      trueWatts: load.watts,
      trueThs: load.ths,
      ramping: this.isRamping(atMs),
      faults: this.faults.list(),
      restartCommands: this.#restartCommands,
    };
  }

  sleep(nowMs: number): CommandEffect {
    return this.#restart(() => {
      if (this.#asleep) return "no-change";
      this.showsAsleep = true;
      if (this.faults.strikes("sham")) return "ignored";
      this.#asleep = true;
      this.#stalled = false;
      this.#move("sleep", nowMs, { deadMs: 0, tauMs: SLEEP_TAU_MS });
      return "applied";
    });
  }

  wake(nowMs: number, speed: WakeSpeed): CommandEffect {
    return this.#restart((count) => {
      if (!this.showsAsleep) return "no-change";
      this.showsAsleep = false;
      if (!this.#asleep) return "no-change";
      this.#asleep = false;
      if (this.faults.strikesCommand("forgetProfile", count))
        this.#profile = this.profiles.find(({ name }) => name === "default") ?? this.#profile;
      this.#stalled = this.faults.strikesCommand("deadAtResume", count);
      const slow = this.faults.strikesCommand("slowWake", count);
      this.#move(
        "wake",
        nowMs,
        slow ? WAKE_SLOW : speed === "unsafe" ? WAKE_UNSAFE : speed === "stepped" ? WAKE_STEPPED : WAKE,
      );
      return this.#stalled ? "dead-at-resume" : "applied";
    });
  }

  setProfile(nowMs: number, profile: ProfilePoint): CommandEffect {
    return this.#restart(() => {
      if (profile.name === this.#profile.name) return "no-change";
      this.#profile = profile;
      if (this.#asleep || this.#stalled) return "applied";
      const stillWaking = this.#segment.kind === "wake" && isMoving(this.#segment, nowMs);
      const deadLeftMs = Math.max(0, this.#segment.startMs + this.#segment.deadMs - nowMs);
      if (stillWaking) this.#move("wake", nowMs, { deadMs: deadLeftMs, tauMs: this.#segment.tauMs });
      else this.#move("step", nowMs, { deadMs: 0, tauMs: STEP_TAU_MS });
      return "applied";
    });
  }

  inject(nowMs: number, fault: MinerFault, times: number): void {
    this.faults.inject(fault, times);
    if (fault === "dead") this.#move("step", nowMs, { deadMs: 0, tauMs: 0 });
    if (fault === "poolLost") this.#move("step", nowMs, { deadMs: 0, tauMs: STEP_TAU_MS });
  }

  heal(nowMs: number, fault: MinerFault): void {
    const wasDead = this.faults.has("dead");
    this.faults.heal(fault);
    if (fault === "dead" && wasDead) this.#move("wake", nowMs, WAKE);
    if (fault === "poolLost") this.#move("step", nowMs, { deadMs: 0, tauMs: STEP_TAU_MS });
  }

  /** Board temperature, °C with 1 % of noise a second: that of the air, and what the power adds. */
  temperatureC(atMs: number, place: string): number {
    return Math.round((AIR_C + this.trueLoad(atMs).watts / WATTS_PER_DEGREE) * (1 + this.noise(place, atMs)));
  }

  #restart(effect: (count: number) => SimOutcome): CommandEffect {
    this.#restartCommands += 1;
    const count = this.#restartCommands;
    if (this.faults.strikesCommand("refuse", count)) return { outcome: "refused", replied: true };
    const outcome = this.faults.strikesCommand("lie", count) ? "ignored" : effect(count);
    return { outcome, replied: !this.faults.strikesCommand("dropWriteReply", count) };
  }

  /** What power that went or came by a market time did to the load, at its own moment. */
  #passPower(nowMs: number): void {
    for (let edge = this.#powerEdges[0]; edge !== undefined && edge.atMs <= nowMs; edge = this.#powerEdges[0]) {
      this.#powerEdges = this.#powerEdges.slice(1);
      this.#hasPower = edge.hasPower;
      if (edge.hasPower) this.#startedMs = edge.atMs + BOOT.deadMs;
      this.#move(edge.hasPower ? "wake" : "step", edge.atMs, edge.hasPower ? BOOT : { deadMs: 0, tauMs: 0 });
    }
  }

  #move(kind: LoadSegment["kind"], nowMs: number, pace: { readonly deadMs: number; readonly tauMs: number }): void {
    this.#passPower(nowMs);
    const startMs = Math.max(nowMs, this.#segment.startMs);
    const from = this.trueLoad(startMs);
    this.#pastWms += energyWms(this.#segment, startMs);
    const to = this.#target();
    this.#segment = { kind, startMs, deadMs: pace.deadMs, tauMs: pace.tauMs, from: pace.tauMs > 0 ? from : to, to };
  }

  #target(): Load {
    if (!this.#hasPower || this.faults.has("dead")) return { watts: 0, ths: 0 };
    if (this.#asleep || this.#stalled) return { watts: ASLEEP_WATTS, ths: 0 };
    if (this.faults.has("poolLost")) return { watts: IDLE_WATTS, ths: 0 };
    return { watts: this.#profile.watts * this.#powerFactor, ths: this.#profile.ths };
  }
}
