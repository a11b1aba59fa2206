/** What stands around the scenarios, once for a laptop and once for an engine: their projects in one simulated OMS, the steps of their users, their people. */
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
  /** The user's steps that were taken, in order, by project. */
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
        .filter(({ life }) => life !== undefined)
        .map((scenario) => [projectOf(scenario.name), new Project(scenario)]),
    );
    const simulator = await startSimulator({ projects: Object.fromEntries(projects), now: () => time.now(), port });
    return new World(simulator, projects, time);
  }

  /** Answers for the function `engines-<step>`. */
  async step(name: Step, event: unknown): Promise<unknown> {
    const id = (event as { projectId: string }).projectId;
    const project = this.projects.get(id);
    if (project === undefined) throw new Error(`no scenario has the project ${id}`);
    this.steps.set(id, [...(this.steps.get(id) ?? []), name]);
    const { failing = [], returning = {} } = project.scenario;
    if (failing.includes(name)) throw new Error(`${name} does not work: "no" \\ {0}`);
    const reply = await project.step(name, this.time);
    return name in returning ? returning[name] : reply;
  }

  /** A mail has come: its reader may have something to do. `answer` is the command that answers a cutover. */
  async read(mail: Mail, answer: (run: string, approve: boolean) => Promise<void>): Promise<void> {
    this.mails.push(mail);
    const project = this.projects.get(mail.project);
    if (project === undefined) return;
    const { people, name } = project.scenario;
    if (mail.changeId.startsWith(`${name}/ask-`)) {
      await this.time.sleep(2_000);
      if (people !== undefined) await answer(name, people === 'approve');
    }
    if (mail.changeId === `${name}/switchover`) {
      await this.time.sleep(2_000);
      project.source?.switchOver(this.time.now());
    }
  }
}

/** Begins to live when it is first looked at. */
class Project implements SimulatedProject {
  readonly kind = 'migration' as const;
  readonly name = 'Played';
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
    return this.project.stateAt(this.scenario.livesByPolls ? this.startedAt + this.polls * 1_000 : now);
  };

  private begin(now: number): SimulatedProject {
    this.startedAt = now;
    const { life } = this.scenario;
    if (life === undefined) throw new Error(`${this.scenario.name} has no life in OMS`);
    if (life !== 'source') return scenarioProject(life, now, 1);
    const settings = { usualLagMs: 1_000, longestTransactionMs: 500, checkpointEveryMs: 1_000 };
    const reverse = this.scenario.plays !== 'alone';
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
