/** `npm start wait --project p_x`: npm takes the flags for settings of its own and hands on the words that are left over. */

type Env = Readonly<Record<string, string | undefined>>;

export function sayDashes(command: string): string {
  return `flags after "npm start" need "--" before them: npm start -- ${command} …`;
}

export function startedByNpm(env: Env): boolean {
  return env.npm_lifecycle_event === 'start';
}

/** npm hands its settings to what it starts as variables. */
export function keptByNpm(flag: string, env: Env): boolean {
  return startedByNpm(env) && env[`npm_config_${flag.replaceAll('-', '_')}`] !== undefined;
}
