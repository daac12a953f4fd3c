import type { MinerModel, ProfilePoint } from "./model.ts";

/**
 * MHz, V, TH/s, W of an S19k Pro on LuxOS: the 25 profiles as a miner reported them (public recording in the asic-rs
 * project). Hashrate is linear in frequency; the voltage floor ends the gain in efficiency below 53 % of nameplate.
 */
const S19K_PRO: readonly (readonly [mhz: number, volts: number, ths: number, watts: number])[] = [
  [190, 11.88, 39.2, 784],
  [215, 11.88, 44.4, 879],
  [240, 11.88, 49.5, 978],
  [265, 11.88, 54.7, 1080],
  [290, 11.88, 59.8, 1188],
  [315, 11.88, 65.0, 1299],
  [340, 12.0, 70.2, 1414],
  [365, 12.15, 75.3, 1533],
  [390, 12.3, 80.5, 1657],
  [415, 12.45, 85.7, 1785],
  [440, 12.6, 90.8, 1916],
  [465, 12.75, 96.0, 2052],
  [490, 12.9, 101.1, 2192],
  [515, 13.05, 106.3, 2336],
  [540, 13.2, 111.5, 2485],
  [565, 13.35, 116.6, 2637],
  [590, 13.5, 121.8, 2794],
  [615, 13.65, 127.0, 2954],
  [640, 13.8, 132.1, 3119],
  [665, 13.95, 137.3, 3288],
  [690, 14.1, 142.4, 3461],
  [715, 14.25, 147.6, 3638],
  [740, 14.4, 152.8, 3820],
  [765, 14.55, 157.9, 4005],
  [790, 14.7, 163.1, 4195],
];
const FACTORY_INDEX = 16; // 16 steps below, 8 above

/** Factory point of each model: MHz, TH/s, W (nameplate). */
const FACTORY: Readonly<Record<MinerModel, { readonly mhz: number; readonly ths: number; readonly watts: number }>> = {
  "S19k Pro": { mhz: 590, ths: 121.8, watts: 2794 },
  "S19j Pro": { mhz: 545, ths: 104, watts: 3068 },
  S21: { mhz: 490, ths: 200, watts: 3500 },
};

/**
 * The 25 profiles of a model, lowest first: the S19k Pro curve, scaled to the model's factory point. The factory one is
 * `default`.
 */
export function profileTable(model: MinerModel): readonly ProfilePoint[] {
  const factory = FACTORY[model];
  const base = FACTORY["S19k Pro"];
  return S19K_PRO.map(([mhz, volts, ths, watts], index) => {
    const frequencyMhz = Math.round((mhz * factory.mhz) / base.mhz);
    return {
      name: index === FACTORY_INDEX ? "default" : `${frequencyMhz}MHz`,
      step: index - FACTORY_INDEX,
      frequencyMhz,
      volts,
      ths: Math.round(((ths * factory.ths) / base.ths) * 10) / 10,
      watts: Math.round((watts * factory.watts) / base.watts),
    };
  });
}
