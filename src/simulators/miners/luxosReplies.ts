import type { SimMiner } from "./miner.ts";
import type { WriteSession } from "./luxosSession.ts";

export type ReplyBody = Readonly<Record<string, unknown>>;

const FIRMWARE = "2026.7.14.101500-sim0ba1a";
const BOARDS = 3;
const CHIPS_PER_BOARD = 77;
const FAN_IDLE_PERCENT = 10;
const FAN_BUSY_PERCENT = 65;
const RPM_PER_PERCENT = 90;

/**
 * `STATUS` and `id` that every reply carries. `kind`: S success, I information, E error; `code`: cgminer's number of
 * the message.
 */
export function withStatus(
  kind: "S" | "I" | "E",
  code: number,
  message: string,
  atMs: number,
  body: ReplyBody = {},
): ReplyBody {
  return {
    STATUS: [
      { STATUS: kind, Code: code, Msg: message, Description: `LUXminer ${FIRMWARE}`, When: Math.floor(atMs / 1000) },
    ],
    ...body,
    id: 1,
  };
}

const SHOWN_THS_MIN = 0.05;

/** Hashrate as shown, GH/s with 1 % of noise a second; the tail of a decay shows as none. */
function shownGhs(miner: SimMiner, atMs: number): number {
  if (miner.trueLoad(atMs).ths < SHOWN_THS_MIN) return 0;
  return Math.round(miner.trueLoad(atMs).ths * 1000 * (1 + miner.noise("ths", atMs)) * 100) / 100;
}

/** A machine as its firmware knows it. */
export interface LuxosMiner {
  readonly miner: SimMiner;
  readonly session: WriteSession;
}

type Read = (luxos: LuxosMiner, atMs: number) => ReplyBody;

/** Every command that needs no session and changes nothing. */
export const READS: Readonly<Record<string, Read>> = {
  version: ({ miner }, atMs) =>
    withStatus("S", 22, "LUXminer versions", atMs, {
      VERSION: [
        {
          API: "3.7",
          CompileTime: "2026-07-14T10:15:00Z",
          LUXminer: FIRMWARE,
          Miner: FIRMWARE,
          Type: `Antminer ${miner.spec.model}`,
        },
      ],
    }),
  devdetails: ({ miner }, atMs) =>
    withStatus("S", 69, "Device Details", atMs, {
      DEVDETAILS: boards((board) => ({
        DEVDETAILS: board,
        Name: "",
        ID: board,
        Driver: "",
        Kernel: "",
        Model: "",
        Chips: CHIPS_PER_BOARD,
        Profile: miner.profile.name,
      })),
    }),
  summary: ({ miner }, atMs) => {
    const ghs = shownGhs(miner, atMs);
    return withStatus("S", 11, "Summary", atMs, {
      SUMMARY: [
        {
          Elapsed: elapsedSeconds(miner, atMs),
          "GHS 5s": ghs,
          "GHS 1m": ghs,
          "GHS 5m": ghs,
          "GHS 15m": ghs,
          "GHS 30m": ghs,
          "GHS 24h": ghs,
          "GHS av": ghs,
          Accepted: 0,
          Rejected: 0,
          "Hardware Errors": 0,
        },
      ],
    });
  },
  power: ({ miner }, atMs) =>
    withStatus("S", 311, "Power information", atMs, {
      POWER: [{ PSU: miner.psuMeasures, Watts: miner.shownWatts(atMs) }],
    }),
  config: ({ miner }, atMs) => withStatus("S", 33, "LUXminer config", atMs, { CONFIG: [configOf(miner, atMs)] }),
  devs: ({ miner }, atMs) => {
    const { ths } = miner.trueLoad(atMs);
    const nominal = (miner.profile.ths * 1e6) / BOARDS;
    return withStatus("S", 9, "3 ASC(s)", atMs, {
      DEVS: boards((board) =>
        board === 1 && miner.faults.has("silentBoard")
          ? { ASC: board }
          : {
              ASC: board,
              ID: board,
              Board: board,
              Enabled: "Y",
              Status: "Alive",
              IsRamping: miner.isRamping(atMs),
              IsUserShutdown: false,
              Profile: miner.profile.name,
              "MHS 5s": (ths * 1e6) / BOARDS,
              "Nominal MHS": nominal,
              Temperature: miner.temperatureC(atMs, `board ${board}`),
            },
      ),
    });
  },
  stats: ({ miner }, atMs) =>
    withStatus("S", 70, "LUXminer stats", atMs, {
      STATS: [
        { Type: `Antminer ${miner.spec.model}`, Miner: FIRMWARE },
        {
          Elapsed: elapsedSeconds(miner, atMs),
          total_rateideal: miner.profile.ths * 1000,
          rate_unit: "GH",
          miner_count: BOARDS,
        },
      ],
    }),
  temps: ({ miner }, atMs) =>
    withStatus("S", 201, "Temps", atMs, {
      TEMPS: boards((board) => {
        const celsius = miner.temperatureC(atMs, `board ${board}`);
        return {
          TEMP: board,
          ID: board,
          Board: celsius,
          Chip: celsius + 15,
          TopLeft: celsius,
          TopRight: celsius,
          BottomLeft: celsius,
          BottomRight: celsius,
        };
      }),
    }),
  tempctrl: (_, atMs) =>
    withStatus("S", 200, "Temperature control", atMs, {
      TEMPCTRL: [{ Mode: "Automatic", Target: 55, Hot: 65, Dangerous: 70 }],
    }),
  fans: ({ miner }, atMs) => {
    const percent = miner.trueLoad(atMs).ths > 0 ? FAN_BUSY_PERCENT : FAN_IDLE_PERCENT;
    return withStatus("S", 202, "Fans", atMs, {
      FANS: [0, 1, 2, 3].map((fan) => ({ FAN: fan, ID: fan, RPM: percent * RPM_PER_PERCENT, Speed: percent })),
      FANCTRL: [{ MinFans: 3, PowerOffSpeed: FAN_IDLE_PERCENT }],
    });
  },
  pools: ({ miner }, atMs) =>
    withStatus("S", 7, "1 Pool(s)", atMs, {
      POOLS: [
        {
          POOL: 0,
          GROUP: 0,
          URL: "stratum+tcp://pool.example:3333",
          User: `site.${miner.spec.machineId}`,
          Priority: 0,
          Quota: 1,
          Status: miner.faults.has("poolLost") ? "Dead" : "Alive",
          "Stratum Active": miner.trueLoad(atMs).ths > 0,
          Accepted: 0,
          Rejected: 0,
          "Get Failures": 0,
          "Remote Failures": 0,
        },
      ],
    }),
  groups: (_, atMs) => withStatus("S", 324, "Groups", atMs, { GROUPS: [{ GROUP: 0, Name: "default", Quota: 1 }] }),
  profiles: ({ miner }, atMs) =>
    withStatus("S", 323, "Profiles", atMs, {
      PROFILES: miner.profiles.map((point) => ({
        "Profile Name": point.name,
        Step: `${point.step}`,
        Frequency: point.frequencyMhz,
        Voltage: point.volts,
        Hashrate: point.ths,
        Watts: point.watts,
        IsTuned: false,
        IsDynamic: false,
        CanRestore: false,
        HasOverrides: false,
      })),
    }),
  limits: (_, atMs) =>
    withStatus("S", 330, "Limits", atMs, {
      LIMITS: [
        {
          FrequencyStepMin: 1,
          FrequencyStepMax: 100,
          VoltageStepMin: 0.01,
          VoltageStepMax: 1,
          PowerOffFanSpeedMin: 0,
          PowerOffFanSpeedMax: 100,
        },
      ],
    }),
  events: (_, atMs) => withStatus("S", 357, "Events", atMs, { EVENTS: [] }),
  session: ({ session }, atMs) =>
    withStatus("S", 319, "Session", atMs, { SESSION: [{ SessionID: session.live(atMs) ?? "" }] }),
};

function configOf(miner: SimMiner, atMs: number): ReplyBody {
  const index = miner.profiles.indexOf(miner.profile);
  return {
    "ASC Count": BOARDS,
    Cooling: "Air",
    CurtailMode: curtailModeOf(miner),
    GreenLed: "auto",
    Hostname: "LuxOS",
    ImmersionMode: false,
    IsAtmEnabled: false,
    IsPowerSupplyOn: !miner.showsAsleep,
    IsTuning: false,
    MACAddr: macOf(miner.spec.host),
    Model: `Antminer ${miner.spec.model}`,
    NameplateTHS: miner.profiles.find(({ name }) => name === "default")?.ths,
    PSULabel: "APW",
    Profile: miner.profile.name,
    ProfileStep: `${miner.profiles[index]?.step}`,
    RedLed: "off",
    SerialNumber: `SIM-${miner.spec.machineId}`,
    SystemStatus: statusOf(miner, atMs),
  };
}

function curtailModeOf(miner: SimMiner): string {
  if (miner.showsAsleep) return "Sleep";
  return miner.faults.has("strayMode") ? "Idle" : "None";
}

function statusOf(miner: SimMiner, atMs: number): string {
  if (miner.showsAsleep) return "Sleeping";
  return miner.isRamping(atMs) ? "Starting" : "Mining";
}

/** A locally administered address made of the loopback address: unique because the loopback address is. */
function macOf(host: string): string {
  const bytes = host.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["02", "4c", ...bytes].join(":");
}

function elapsedSeconds(miner: SimMiner, atMs: number): number {
  return Math.floor((atMs - miner.startedMs(atMs)) / 1000);
}

function boards<T>(make: (board: number) => T): T[] {
  return Array.from({ length: BOARDS }, (_, board) => make(board));
}
