/** Standard output and standard error. Either may be lost at any time: a closed terminal, a reader that has ended, a full disk. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

export class StandardStreams {
  private writing: Promise<void> = Promise.resolve();
  private lost: Error | null = null;
  private readonly onLost: (error: NodeJS.ErrnoException) => void;

  /** @param onLost called where standard output is lost, other than with a terminal. */
  constructor(onLost: (error: NodeJS.ErrnoException) => void) {
    this.onLost = onLost;
    // Each error is handled where its text is written; without a listener it would be thrown as well.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    leaveGoneTerminals();
  }

  readonly stdout = (text: string): void => {
    this.writing = written(process.stdout, text).then((error) => {
      if (error === null) return;
      this.lost = error;
      if (!isGoneTerminal(process.stdout.fd, error)) this.onLost(error);
    });
  };

  /** Where it is lost, there is no place left to say so. */
  readonly stderr = (text: string): void => {
    void written(process.stderr, text);
  };

  /** Resolves when standard output has been written. @throws where some of it since the last call was lost. */
  async settled(): Promise<void> {
    await this.writing;
    const { lost } = this;
    this.lost = null;
    if (lost !== null) throw lost;
  }
}

function written(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error ?? null));
  });
}

function isGoneTerminal(fd: number, { code }: NodeJS.ErrnoException): boolean {
  return (code === 'EIO' || code === 'ENXIO') && fstatSync(fd).isCharacterDevice();
}

/** At its end Node restores the settings of the terminals that it began with, and crashes where one of them has closed. */
function leaveGoneTerminals(): void {
  const terminals = [0, 1, 2].filter(isatty);
  process.on('exit', () => {
    for (const fd of terminals) {
      if (isatty(fd)) continue;
      closeSync(fd);
      // Takes the lowest number that is free: the one just closed.
      openSync('/dev/null', 'r+');
    }
  });
}
