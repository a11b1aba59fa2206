/** How long the drain would take now: from the stored history of one project. */
import type { DeliveryPorts } from './deliver';

export async function drainForecastText(_project: string, _ports: DeliveryPorts): Promise<string> {
  return 'not known yet';
}
