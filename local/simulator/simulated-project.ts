/** One project inside the simulated OMS. The server asks only this, so that a project need not be a scenario: a modelled source database can stand behind it as well. */
import type { ProjectKind } from '../../lambda/contract/oms';
import { type Scenario, scenarioLength } from './scenario';
import { type SimulatedState, stateAtOffset } from './scenario-state';

export interface SimulatedProject {
  readonly kind: ProjectKind;
  readonly name: string;
  /** What OMS would show at a moment, Unix milliseconds by the simulator's clock. */
  stateAt(unixMs: number): SimulatedState;
  /** Milliseconds by that clock until the last change of state. */
  readonly durationMs: number;
}

/** `speed`: simulated seconds to one second of the clock. Offsets and lengths shrink by it; lags are real seconds and do not. */
export function scenarioProject(scenario: Scenario, startedAt: number, speed: number): SimulatedProject {
  const toUnixMs = (offset: number) => startedAt + offset / speed;
  return {
    kind: scenario.kind,
    name: scenario.title,
    stateAt: (unixMs) => stateAtOffset(scenario, (unixMs - startedAt) * speed, toUnixMs),
    durationMs: scenarioLength(scenario) / speed,
  };
}
