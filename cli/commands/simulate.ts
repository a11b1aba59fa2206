/** `simulate`: an OMS simulator over real HTTP, in real time or faster. */
import { projectIdProblem } from '../../lambda/contract/values/project-id';
import { listScenarios, loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { type Command, type Io, JSON_FLAG } from '../input/command';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';

export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'run an OMS simulator',
  flags: {
    scenario: { value: 'NAME|FILE', about: 'the scenario (default full-copy; see --list)' },
    project: { value: 'ID', about: 'the project id (default p_demo)' },
    port: { value: 'N', about: 'the port on 127.0.0.1 (default: any free port)' },
    speed: { value: 'N', about: 'simulated seconds per second (default 1)' },
    list: { about: 'list the scenarios' },
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const json = flags.has('json') ? new JsonLines(io.stdout) : null;
    if (flags.has('list')) {
      for (const { name, title, description } of listScenarios()) {
        json?.print({ type: 'scenario', name, title, description });
        if (json === null) io.stdout(`${name.padEnd(16)} ${title}\n${' '.repeat(17)}${description}\n`);
      }
      return 0;
    }
    const port = flags.count('port', 0, 65_535) ?? 0;
    const speed = flags.count('speed', 1, 1_000_000) ?? 1;
    const project = flags.text('project') ?? 'p_demo';
    const problem = projectIdProblem(project);
    if (problem !== null) flags.problems.push(problem);
    flags.settle();
    const scenario = loadScenario(flags.text('scenario') ?? 'full-copy');
    const simulator = await startSimulator({
      projects: { [project]: scenario },
      now: () => io.clock.now(),
      port,
      speed,
    });
    try {
      const { url } = simulator;
      json?.print({ type: 'simulator', url, port: simulator.port, project, username: SIMULATOR_USERNAME });
      if (json === null) {
        io.stdout(`OMS simulator on ${url}: project ${project}, scenario ${scenario.title}, speed ${speed}\n\n`);
        io.stdout(`  ${waitCommandLine(`--endpoint ${url} --project ${project}`, process.platform)}\n\n`);
        io.stdout('Press Ctrl-C to stop.\n');
      }
      // Until the signal.
      for (;;) await io.clock.sleep(3_600_000, io.signal);
    } finally {
      await simulator.close();
    }
  },
};

/** To paste. PowerShell, the usual shell on Windows, takes no variables before a command, and keeps `--` from npm. */
export function waitCommandLine(flags: string, platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? `$env:OMS_USERNAME='${SIMULATOR_USERNAME}'; $env:OMS_PASSWORD='${SIMULATOR_PASSWORD}'; node dist/oms-cutover.js wait ${flags}`
    : `OMS_USERNAME=${SIMULATOR_USERNAME} OMS_PASSWORD=${SIMULATOR_PASSWORD} npm start -- wait ${flags}`;
}
