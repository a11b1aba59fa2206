/** The built-in scenarios. Imported as modules, so that bundles contain them. */
import { readFileSync } from 'node:fs';
import { InvalidInput } from '../../lambda/core/model/errors';
import failure from '../scenarios/failure.json';
import fullCopy from '../scenarios/full-copy.json';
import outage from '../scenarios/outage.json';
import recovery from '../scenarios/recovery.json';
import suspension from '../scenarios/suspension.json';
import switchover from '../scenarios/switchover.json';
import synchronisation from '../scenarios/synchronisation.json';
import { readScenario } from './read-scenario';
import type { Scenario } from './scenario';

const FILES: Readonly<Record<string, unknown>> = {
  'full-copy': fullCopy,
  failure,
  suspension,
  recovery,
  outage,
  synchronisation,
  switchover,
};

/** In the order in which they are listed. */
export const BUILT_IN_SCENARIOS: readonly string[] = Object.keys(FILES);

/** A built-in scenario by its name, or one from a `.json` file. @param others further names for the error message. @throws InvalidInput */
export function loadScenario(nameOrPath: string, others: readonly string[] = []): Scenario {
  if (Object.hasOwn(FILES, nameOrPath)) return readScenario(FILES[nameOrPath], nameOrPath);
  if (!nameOrPath.endsWith('.json')) {
    throw new InvalidInput([
      `unknown scenario "${nameOrPath}"; valid scenarios are ${[...BUILT_IN_SCENARIOS, ...others].join(', ')}, or the path of a .json file`,
    ]);
  }
  let text: string;
  try {
    text = readFileSync(nameOrPath, 'utf8');
  } catch (error) {
    throw new InvalidInput([`scenario file ${nameOrPath} cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInput([`scenario file ${nameOrPath} is not JSON: ${(error as Error).message}`]);
  }
  return readScenario(value, nameOrPath);
}

/** Name, title and description of each built-in scenario. */
export function listScenarios(): readonly { name: string; title: string; description: string }[] {
  return BUILT_IN_SCENARIOS.map((name) => {
    const { title, description } = loadScenario(name);
    return { name, title, description };
  });
}
