export const projectRoot: string;
export const pinnedNode: string;
export function cacheDir(env?: NodeJS.ProcessEnv): string;
