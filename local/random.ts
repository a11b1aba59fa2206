/** Random numbers that repeat: the same seed gives the same numbers on any machine (mulberry32). For models, benchmarks and tests. */
export class Random {
  private readonly seed: number;
  private state: number;

  constructor(seed: number | string) {
    this.seed = (typeof seed === 'number' ? seed : hash(seed)) >>> 0;
    this.state = this.seed;
    // The hashes of similar texts are close to each other; their streams must not be.
    if (typeof seed === 'string') for (let i = 0; i < 8; i += 1) this.next();
  }

  /** In [0, 1). Bound: it can be passed on as a function. */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  uniform(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  /** An integer, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** As likely between 1 and 10 as between 10 and 100. */
  logUniform(from: number, to: number): number {
    return Math.exp(this.uniform(Math.log(from), Math.log(to)));
  }

  /** A factor with median 1. */
  logNormal(sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.next()));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('cannot pick from an empty list');
    return items[Math.floor(this.next() * items.length)] as T;
  }

  /** An independent stream: what one project draws does not depend on how much another has drawn. */
  fork(name: string): Random {
    return new Random(hash(name, this.seed));
  }
}

/** FNV-1a. */
function hash(text: string, seed = 0): number {
  let value = 0x811c9dc5 ^ seed;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value;
}
