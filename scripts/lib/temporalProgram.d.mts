export type TemporalFound = { kind: "address"; address: string } | { kind: "program"; path: string; version: string };
export const cliVersion: string;
export function cachedProgram(env?: NodeJS.ProcessEnv): string;
export function locateTemporal(
  env?: NodeJS.ProcessEnv,
  onRejected?: (line: string) => void,
): Promise<TemporalFound | undefined>;
export function obtainTemporal(
  env?: NodeJS.ProcessEnv,
  options?: { url?: string; sha256?: string; goElsewhere?: string[] },
): Promise<TemporalFound>;
export function checkProgram(
  path: string,
): Promise<{ version: string; problem?: undefined } | { version?: undefined; problem: string }>;
