/** The report as a table, one row per trace and poller; docs/performance.md has the same. */
import type { BenchReport, RunReport, Spread, TraceReport } from './report';

const HEAD = [
  [
    'trace',
    'poller',
    'delay mean',
    'p95',
    'worst',
    'FAILED notified',
    'worst',
    'requests',
    'invocations',
    'transitions',
    'history',
    '$',
    'survived',
  ],
  ['---', '---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---'],
] as const;

export function markdownTable({ traces }: BenchReport): string {
  const rows = traces.flatMap((trace) => trace.runs.map((run) => rowOf(trace, run)));
  return [...HEAD, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Ours compared with the job poller with an interval of one minute, restarted each time it fails. */
export function ratioTable({ traces }: BenchReport): string {
  const rows = traces.flatMap(({ name, runs }) => {
    const ours = runs.find(({ poller }) => poller === 'ours');
    const other = runs.find(({ poller }) => poller === 'job-poller-60');
    if (!ours?.delaySeconds || !other) return [];
    const { delaySeconds, dollars } = other.ifRestarted ?? other;
    if (delaySeconds === null) return [];
    const times = (ratio: number) => ratio.toFixed(2);
    return [
      [
        name,
        `${ours.delaySeconds.mean.toFixed(1)} s`,
        `${delaySeconds.mean.toFixed(1)} s`,
        times(ours.delaySeconds.mean / delaySeconds.mean),
        times(ours.dollars / dollars),
        other.ifRestarted === null ? '–' : other.ifRestarted.restarts.toFixed(1),
      ],
    ];
  });
  const head = [
    ['trace', 'our mean delay', 'its mean delay', 'delay ratio', 'cost ratio', 'its restarts'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
  ];
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** In columns, for a terminal. */
export function plainTable({ traces }: BenchReport): string {
  const rows = [HEAD[0], ...traces.flatMap((trace) => trace.runs.map((run) => rowOf(trace, run)))];
  const widths = HEAD[0].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}

function rowOf({ name }: TraceReport, run: RunReport): string[] {
  return [
    name,
    run.poller,
    ...spread(run.delaySeconds, ['mean', 'p95', 'max']),
    ...spread(run.failureDelaySeconds, ['mean', 'max']),
    whole(run.omsRequests),
    whole(run.invocations),
    whole(run.transitions),
    whole(run.largestHistory),
    run.dollars.toFixed(run.dollars < 0.01 ? 5 : 4),
    run.survived ? 'yes' : 'no',
  ];
}

function spread(of: Spread | null, which: readonly (keyof Spread)[]): string[] {
  return which.map((one) => (of === null ? '–' : of[one].toFixed(1)));
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
