export type ProcessIdentity = { pid: number; started: string };
export function identifyProcess(pid: number): ProcessIdentity | undefined;
export function isRunning(identity: ProcessIdentity): boolean;
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean;
