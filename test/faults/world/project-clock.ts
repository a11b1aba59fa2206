/** The clock of one project's invocations: the world's time, set wrong by some amount, and a millisecond further with every look at it. */
import type { Clock } from '../../../lambda/core/ports';

export class ProjectClock implements Clock {
  /** Milliseconds this clock is ahead of the world's. */
  skewMs = 0;
  private readonly worldNow: () => number;
  private at = 0;
  private ticks = 0;

  constructor(worldNow: () => number) {
    this.worldNow = worldNow;
  }

  now(): number {
    const world = this.worldNow();
    this.ticks = world === this.at ? this.ticks + 1 : 0;
    this.at = world;
    return world + this.skewMs + this.ticks;
  }

  async sleep(ms: number): Promise<void> {
    this.ticks += ms;
  }
}
