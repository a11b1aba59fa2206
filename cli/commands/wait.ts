/** `wait`: the real thing against a real OMS, in a plain loop around the same core that runs in AWS. */

import { DEFAULT_WAIT_SETTINGS, DEFAULTS, type WaitSettings } from '../../lambda/contract/defaults';
import { ALL } from '../../lambda/contract/fleet';
import { GOAL_TYPES, type Goal } from '../../lambda/contract/goal';
import { parseMoment } from '../../lambda/contract/moment';
import { projectIdProblem } from '../../lambda/contract/project-id';
import { pollFor } from '../../lambda/core/check/wait';
import type { WaitParameters } from '../../lambda/core/check/wait-input';
import { formatDuration, iso } from '../../lambda/core/model/duration';
import {
  type Command,
  DATA_DIR_FLAG,
  type Io,
  JSON_FLAG,
  PROJECT_FLAG,
  printerFor,
  readDataDir,
} from '../input/command';
import { CONNECTION_FLAGS, readConnection } from '../input/connection';
import { type Flags, short } from '../input/flags';
import { exitOfVerdict } from '../output/exit-status';
import { openWatcher } from './watcher';

/** Flags that mean something for one goal only. */
const GOAL_FLAGS: Record<string, Goal['type']> = {
  'max-lag': 'SYNCED',
  hold: 'SYNCED',
  'writes-stopped-at': 'DRAINED',
  margin: 'DRAINED',
};

export const waitCommand: Command = {
  name: 'wait',
  summary: 'wait until a migration is finished, synced, drained or switched',
  flags: {
    ...CONNECTION_FLAGS,
    ...PROJECT_FLAG,
    until: { value: 'finished|synced|drained|switched', about: 'the goal (default finished)' },
    'max-lag': { value: 'D', about: 'synced: greatest lag (default 30s)' },
    hold: { value: 'D', about: 'synced: for so long (default 60s)' },
    'writes-stopped-at': { value: 'TIME', about: 'drained: when writes stopped, ISO 8601 or Unix seconds' },
    margin: {
      value: 'D',
      about: 'drained: the checkpoint must be later by more than this (default 10s; 0s for a time read on the source)',
    },
    timeout: { value: 'D', about: 'give up after (default 364d)' },
    'min-interval': {
      value: 'D',
      about: 'look no more often than (default 10s; 5s when a copy may end any moment, 2s for drained)',
    },
    'max-interval': { value: 'D', about: 'look no less often than (default 5m)' },
    'failed-grace': { value: 'D', about: 'put up with FAILED for (default 2m)' },
    'suspended-grace': { value: 'D', about: 'put up with SUSPEND for (default 12h)' },
    'unknown-grace': { value: 'D', about: 'put up with an unknown status for (default 10m)' },
    'outage-grace': { value: 'D', about: 'put up with no valid answer for (default 1h)' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const connection = readConnection(flags, io.env);
    const order = readOrder(flags);
    const dataDir = readDataDir(flags);
    flags.settle();
    const printer = printerFor(flags, io);
    const watcher = await openWatcher(connection, dataDir, printer, io);
    try {
      printer.note(
        `waiting for ${order.projectId} on ${connection.endpoint} until ${order.goal.type}; Ctrl-C ends it, the next run picks it up`,
      );
      const startedAt = io.clock.now();
      const far = order.goal.type === 'DRAINED' ? fenceWarning(order.goal.writesStoppedAt, startedAt) : null;
      if (far !== null) io.stderr(`warning: ${far}\n`);
      const muted = await watcher.mutedUntil(order.projectId);
      if (muted !== null)
        printer.note(`${order.projectId} is muted until ${muted}: changes are kept until then (mute --off ends it)`);
      const deadlineAt = startedAt + order.timeoutSeconds * 1000;
      for (let checks = 0; ; checks += 1) {
        const result = await pollFor(
          order,
          { startedAt, deadlineAt, isFirst: checks === 0, signal: io.signal },
          watcher.ports,
        );
        if (result.verdict !== 'NOT_YET') {
          printer.result({ verdict: result.verdict, reason: result.reason, checks: checks + 1 });
          return exitOfVerdict(result.verdict, result.reason);
        }
        await io.clock.sleep(result.waitSeconds * 1000, io.signal);
      }
    } finally {
      await watcher.close();
    }
  },
};

/** The project of a command; a wrong one is added to the problems. @param orAll the command can do it for each that OMS lists. */
export function readProject(flags: Flags, { orAll = false } = {}): string {
  const project = flags.required('project', 'the project id as the OMS console shows it, such as p_4w3oc0k1x2y4');
  const problem = project === '' ? null : projectIdProblem(project);
  if (problem !== null) flags.problems.push(problem);
  if (project === ALL && !orAll)
    flags.problems.push(`--project ${ALL} is for check, which looks at each that OMS lists; name one project here`);
  return project;
}

function readOrder(flags: Flags): WaitParameters {
  const projectId = readProject(flags);
  const names = GOAL_TYPES.map((type) => type.toLowerCase());
  const until = flags.choice('until', names, 'finished').toUpperCase();
  for (const [flag, type] of Object.entries(GOAL_FLAGS)) {
    if (flags.has(flag) && type !== until)
      flags.problems.push(`--${flag} belongs to --until ${type.toLowerCase()}, not to ${until.toLowerCase()}`);
  }
  const goal = readGoal(flags, until as Goal['type']);
  const min = flags.seconds('min-interval', 1);
  const minIntervalSeconds = min ?? DEFAULTS.minIntervalSeconds;
  const max = flags.seconds('max-interval', 1);
  const maxIntervalSeconds = max ?? Math.max(DEFAULTS.maxIntervalSeconds, minIntervalSeconds);
  if (min !== undefined && max !== undefined && max < min)
    flags.problems.push(`--max-interval (${max}s) must not be below --min-interval (${min}s)`);
  const settings: WaitSettings = {
    ...DEFAULT_WAIT_SETTINGS,
    // A maximum below the default minimum is what the user wants: looks at least so often.
    minIntervalSeconds: Math.min(minIntervalSeconds, maxIntervalSeconds),
    maxIntervalSeconds,
    intervalIsFixed: min !== undefined,
    failedGraceSeconds: flags.seconds('failed-grace') ?? DEFAULTS.failedGraceSeconds,
    suspendedGraceSeconds: flags.seconds('suspended-grace') ?? DEFAULTS.suspendedGraceSeconds,
    unknownGraceSeconds: flags.seconds('unknown-grace') ?? DEFAULTS.unknownGraceSeconds,
    outageGraceSeconds: flags.seconds('outage-grace') ?? DEFAULTS.outageGraceSeconds,
  };
  const timeoutSeconds = flags.seconds('timeout') ?? DEFAULTS.timeoutSeconds;
  if (timeoutSeconds > DEFAULTS.timeoutSeconds)
    flags.problems.push(`--timeout must be 364d or less, got ${flags.text('timeout')}`);
  return { projectId, goal, timeoutSeconds, settings };
}

function readGoal(flags: Flags, type: Goal['type']): Goal {
  if (type === 'SYNCED') {
    return {
      type,
      maxLagSeconds: flags.seconds('max-lag') ?? DEFAULTS.maxLagSeconds,
      holdSeconds: flags.seconds('hold') ?? DEFAULTS.holdSeconds,
    };
  }
  if (type === 'DRAINED') {
    return {
      type,
      writesStoppedAt: readFence(flags),
      marginSeconds: flags.seconds('margin') ?? DEFAULTS.marginSeconds,
    };
  }
  return { type };
}

/** Nobody waits with writes stopped for long: a time typed in another zone is hours off, and would open the gate too early, or never. */
const FENCE_NEAR_MS = 5 * 60_000;

function fenceWarning(writesStoppedAt: number, now: number): string | null {
  const ago = now - writesStoppedAt;
  if (Math.abs(ago) <= FENCE_NEAR_MS) return null;
  const distance = formatDuration(Math.abs(ago) / 1000);
  return ago > 0
    ? `--writes-stopped-at ${iso(writesStoppedAt)} is ${distance} ago: what was written since then is not waited for`
    : `--writes-stopped-at ${iso(writesStoppedAt)} is ${distance} ahead: no look counts before then`;
}

function readFence(flags: Flags): number {
  const text = flags.text('writes-stopped-at');
  const expected = 'an ISO 8601 time with an offset such as 2026-11-23T02:00:00Z, or Unix seconds';
  if (text === undefined) {
    flags.problems.push(
      `--until drained needs --writes-stopped-at: when the last write on the source ended, ${expected}`,
    );
    return 0;
  }
  const at = parseMoment(text);
  if (at === null) flags.problems.push(`--writes-stopped-at must be ${expected}, got "${short(text)}"`);
  return at ?? 0;
}
