/** A project of the simulated OMS: a scenario, or a modelled source database. */
import type { ProjectKind } from '../../lambda/contract/oms';
import { type Scenario, scenarioLength } from './scenario';
import { type SimulatedState, stateAtOffset } from './scenario-state';

export interface SimulatedProject {
  readonly kind: ProjectKind;
  readonly name: string;
  /** What OMS would report at that time, Unix milliseconds by the simulator's clock. */
  stateAt(unixMs: number): SimulatedState;
  /** Milliseconds by that clock until the last change. */
  readonly durationMs: number;
}

/** @param speed simulated seconds per second of the clock. Lags are real seconds and do not scale. */
export function scenarioProject(scenario: Scenario, startedAt: number, speed: number): SimulatedProject {
  const toUnixMs = (offset: number) => startedAt + offset / speed;
  return {
    kind: scenario.kind,
    name: scenario.title,
    stateAt: (unixMs) => stateAtOffset(scenario, (unixMs - startedAt) * speed, toUnixMs),
    durationMs: scenarioLength(scenario) / speed,
  };
}
