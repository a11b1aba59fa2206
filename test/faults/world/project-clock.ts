/** The clock of one project's invocations: the world's time plus an error. Each reading advances it by a millisecond. */
import type { Clock } from '../../../lambda/core/ports';

export class ProjectClock implements Clock {
  /** Milliseconds ahead of the world's time. */
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
