import { parentPort, workerData } from "node:worker_threads";
import { fuzzed } from "./fuzz.ts";

const { mutations, seed } = workerData as { readonly mutations: number; readonly seed: number };
parentPort?.postMessage(fuzzed(mutations, seed));
