/** `wait`: waits for a goal against a real OMS, in a plain loop around the core that runs in AWS. */

import { DEFAULT_WAIT_SETTINGS, DEFAULTS, type WaitSettings } from '../../lambda/contract/defaults';
import { ALL } from '../../lambda/contract/fleet';
import { GOAL_TYPES, type Goal } from '../../lambda/contract/goal';
import { formatDuration, iso } from '../../lambda/contract/values/duration';
import { MOMENT, parseMoment } from '../../lambda/contract/values/moment';
import { projectIdProblem } from '../../lambda/contract/values/project-id';
import { pollFor } from '../../lambda/core/check/wait';
import type { WaitParameters } from '../../lambda/core/check/wait-input';
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
import { type Flags, short, TIMED } from '../input/flags';
import { exitOfVerdict } from '../output/exit-status';
import { openWatcher } from './watcher';

/** The fence at the moment at which the command starts. */
const NOW = 'now';

/** Flags that apply to one goal only. */
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
    'max-lag': { value: 'D', about: 'synced: maximum lag (default 30s)' },
    hold: { value: 'D', about: 'synced: how long the lag must stay within it (default 60s)' },
    'writes-stopped-at': { value: 'TIME', about: 'drained: when writes stopped; ISO 8601, Unix seconds, or now' },
    margin: {
      value: 'D',
      about: 'drained: how far past that the checkpoint must be (default 10s; 0s for a time read on the source)',
    },
    timeout: { value: 'D', about: 'fail after (default 364d)' },
    'min-interval': {
      value: 'D',
      about: 'minimum poll interval (default 10s; 5s near the end of a copy, 2s for drained)',
    },
    'max-interval': { value: 'D', about: 'maximum poll interval (default 5m)' },
    'failed-grace': { value: 'D', about: 'tolerate FAILED for (default 2m)' },
    'suspended-grace': { value: 'D', about: 'tolerate SUSPEND for (default 12h)' },
    'unknown-grace': { value: 'D', about: 'tolerate an unrecognized status for (default 10m)' },
    'outage-grace': { value: 'D', about: 'tolerate no valid answer for (default 1h)' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const connection = readConnection(flags, io.env);
    const request = readRequest(flags, io);
    const dataDir = readDataDir(flags);
    flags.settle();
    const printer = printerFor(flags, io);
    const watcher = await openWatcher(connection, dataDir, printer, io);
    try {
      printer.note(
        `waiting until ${request.projectId} on ${connection.endpoint} is ${request.goal.type}; Ctrl-C interrupts, the next run resumes` +
          (io.outlivesTerminal ? '; continues when the terminal closes' : ''),
      );
      const startedAt = io.clock.now();
      const far = request.goal.type === 'DRAINED' ? fenceWarning(request.goal.writesStoppedAt, startedAt) : null;
      if (far !== null) io.stderr(`warning: ${far}\n`);
      const muted = await watcher.mutedUntil(request.projectId);
      if (muted !== null)
        printer.note(
          `${request.projectId} is muted until ${muted}; notifications are held back until then (mute --off ends it)`,
        );
      const deadlineAt = startedAt + request.timeoutSeconds * 1000;
      for (let checks = 0; ; checks += 1) {
        const result = await pollFor(
          request,
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

/** Adds its problems to `flags.problems`. @param orAll whether `all` is allowed. */
export function readProject(flags: Flags, { orAll = false } = {}): string {
  const project = flags.required('project', 'the project id shown in the OMS console, such as p_4w3oc0k1x2y4');
  const problem = project === '' ? null : projectIdProblem(project);
  if (problem !== null) flags.problems.push(problem);
  if (project === ALL && !orAll) flags.problems.push(`--project ${ALL} is only for check; name one project here`);
  return project;
}

function readRequest(flags: Flags, io: Io): WaitParameters {
  const projectId = readProject(flags);
  const names = GOAL_TYPES.map((type) => type.toLowerCase());
  const until = flags.choice('until', names, 'finished').toUpperCase();
  for (const [flag, type] of Object.entries(GOAL_FLAGS)) {
    if (flags.has(flag) && type !== until)
      flags.problems.push(`--${flag} requires --until ${type.toLowerCase()}, got --until ${until.toLowerCase()}`);
  }
  const goal = readGoal(flags, until as Goal['type'], io);
  const min = flags.seconds('min-interval', TIMED);
  const minIntervalSeconds = min ?? DEFAULTS.minIntervalSeconds;
  const max = flags.seconds('max-interval', TIMED);
  const maxIntervalSeconds = max ?? Math.max(DEFAULTS.maxIntervalSeconds, minIntervalSeconds);
  if (min !== undefined && max !== undefined && max < min)
    flags.problems.push(`--max-interval (${max}s) must not be below --min-interval (${min}s)`);
  const settings: WaitSettings = {
    ...DEFAULT_WAIT_SETTINGS,
    // A maximum below the default minimum lowers the minimum.
    minIntervalSeconds: Math.min(minIntervalSeconds, maxIntervalSeconds),
    maxIntervalSeconds,
    intervalIsFixed: min !== undefined,
    failedGraceSeconds: flags.seconds('failed-grace') ?? DEFAULTS.failedGraceSeconds,
    suspendedGraceSeconds: flags.seconds('suspended-grace') ?? DEFAULTS.suspendedGraceSeconds,
    unknownGraceSeconds: flags.seconds('unknown-grace') ?? DEFAULTS.unknownGraceSeconds,
    outageGraceSeconds: flags.seconds('outage-grace') ?? DEFAULTS.outageGraceSeconds,
  };
  const timeoutSeconds = flags.seconds('timeout') ?? DEFAULTS.timeoutSeconds;
  return { projectId, goal, timeoutSeconds, settings };
}

function readGoal(flags: Flags, type: Goal['type'], io: Io): Goal {
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
      writesStoppedAt: readFence(flags, io),
      marginSeconds: flags.seconds('margin') ?? DEFAULTS.marginSeconds,
    };
  }
  return { type };
}

/** Writes are not stopped for long. A time in the wrong time zone is hours off and would open the gate too early, or never. */
const FENCE_NEAR_MS = 5 * 60_000;

function fenceWarning(writesStoppedAt: number, now: number): string | null {
  const ago = now - writesStoppedAt;
  if (Math.abs(ago) <= FENCE_NEAR_MS) return null;
  const distance = formatDuration(Math.abs(ago) / 1000);
  return ago > 0
    ? `--writes-stopped-at ${iso(writesStoppedAt)} is ${distance} ago: writes since then are not waited for`
    : `--writes-stopped-at ${iso(writesStoppedAt)} is ${distance} in the future: no poll counts before then`;
}

function readFence(flags: Flags, io: Io): number {
  const text = flags.text('writes-stopped-at');
  if (text === undefined) {
    flags.problems.push(
      `--until drained needs --writes-stopped-at: when the last write on the source ended, ${MOMENT}, or now`,
    );
    return 0;
  }
  if (text === NOW) {
    if (flags.seconds('margin') === 0)
      flags.problems.push('--margin 0s is for a time that was read on the source; now is the time of this machine');
    return io.clock.now();
  }
  const at = parseMoment(text);
  if (at === null) flags.problems.push(`--writes-stopped-at must be ${MOMENT}, or now, got "${short(text)}"`);
  return at ?? 0;
}
