/** The environment of the scenarios, one for local runs and one for each engine: a simulated OMS with their projects, the user's steps, and the operator. */
import { ModelledSource } from '../../../local/simulator/modelled-source';
import { type SimulatedProject, scenarioProject } from '../../../local/simulator/simulated-project';
import { type Simulator, startSimulator } from '../../../local/simulator/simulator';
import { projectOf, type Scenario, type Step } from './scenarios';

export interface Time {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface Mail {
  readonly project: string;
  readonly subject: string;
  readonly changeId: string;
}

export class World {
  readonly simulator: Simulator;
  readonly mails: Mail[] = [];
  /** The user's steps that ran, in order, by project. */
  readonly steps = new Map<string, string[]>();
  private readonly projects: ReadonlyMap<string, Project>;
  private readonly time: Time;

  private constructor(simulator: Simulator, projects: ReadonlyMap<string, Project>, time: Time) {
    this.simulator = simulator;
    this.projects = projects;
    this.time = time;
  }

  static async start(scenarios: readonly Scenario[], time: Time, port: number): Promise<World> {
    const projects = new Map(
      scenarios
        .filter(({ project }) => project !== undefined)
        .map((scenario) => [projectOf(scenario.name), new Project(scenario)]),
    );
    const simulator = await startSimulator({ projects: Object.fromEntries(projects), now: () => time.now(), port });
    return new World(simulator, projects, time);
  }

  /** Runs the function `engines-<step>`. */
  async step(name: Step, event: unknown): Promise<unknown> {
    const id = (event as { projectId: string }).projectId;
    const project = this.projects.get(id);
    if (project === undefined) throw new Error(`no scenario has the project ${id}`);
    this.steps.set(id, [...(this.steps.get(id) ?? []), name]);
    const { failing = [], returning = {} } = project.scenario;
    if (failing.includes(name)) throw new Error(`${name} failed: "no" \\ {0}`);
    const reply = await project.step(name, this.time);
    return name in returning ? returning[name] : reply;
  }

  /** Records an e-mail and acts as its reader. `answer` is the command that approves or rejects a cutover. */
  async read(mail: Mail, answer: (run: string, approve: boolean) => Promise<void>): Promise<void> {
    this.mails.push(mail);
    const project = this.projects.get(mail.project);
    if (project === undefined) return;
    const { decision, name } = project.scenario;
    if (mail.changeId.startsWith(`${name}/ask-`)) {
      await this.time.sleep(2_000);
      if (decision !== undefined) await answer(name, decision === 'approve');
    }
    if (mail.changeId === `${name}/switchover`) {
      await this.time.sleep(2_000);
      project.source?.switchOver(this.time.now());
    }
  }
}

/** Its timeline starts with the first poll. */
class Project implements SimulatedProject {
  readonly kind = 'migration' as const;
  readonly name = 'Engines';
  readonly durationMs = 0;
  readonly scenario: Scenario;
  source: ModelledSource | undefined;
  private project: SimulatedProject | undefined;
  private startedAt = 0;
  private polls = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  readonly stateAt = (now: number) => {
    this.project ??= this.begin(now);
    this.polls += 1;
    return this.project.stateAt(this.scenario.advancesByPolls ? this.startedAt + this.polls * 1_000 : now);
  };

  private begin(now: number): SimulatedProject {
    this.startedAt = now;
    const { project } = this.scenario;
    if (project === undefined) throw new Error(`${this.scenario.name} has no project in OMS`);
    if (project !== 'source') return scenarioProject(project, now, 1);
    const settings = { usualLagMs: 1_000, longestTransactionMs: 500, checkpointEveryMs: 1_000 };
    const reverse = this.scenario.target !== 'unattended';
    this.source = new ModelledSource({ startedAt: now, random: () => 0.5, reverse, ...settings });
    return this.source;
  }

  async step(name: Step, time: Time): Promise<unknown> {
    const { source } = this;
    if (source === undefined) throw new Error(`${this.scenario.name} has no source`);
    switch (name) {
      case 'stopWrites': {
        const lastCommit = source.stopWrites(time.now());
        await time.sleep(Math.max(0, lastCommit - time.now()) + 100);
        return { writesStoppedAt: new Date(source.sourceTime(time.now())).toISOString() };
      }
      case 'switchover':
        source.switchOver(time.now());
        return {};
      case 'resumeWrites':
      case 'rollback':
        source.resumeWrites(time.now());
        return {};
      case 'verify':
        return { missing: source.missing(time.now()) };
      case 'switchTraffic':
        return {};
    }
  }
}
