/** Ports with a hook before and after each effect, which are all awaits of a check: to kill an invocation or set its clock. */
import type { CheckPorts } from '../../../lambda/core/check/check';

/** @param place `before putState`, `after publish` */
export type Hook = (place: string) => Promise<void>;

export function interposed(ports: CheckPorts, hook: Hook): CheckPorts {
  const around = async <T>(name: string, effect: () => Promise<T>): Promise<T> => {
    await hook(`before ${name}`);
    try {
      return await effect();
    } finally {
      await hook(`after ${name}`);
    }
  };
  const { store, oms, notifier } = ports;
  return {
    ...ports,
    oms: { poll: (project, hint) => around('poll', () => oms.poll(project, hint)) },
    notifier: { publish: (notification) => around('publish', () => notifier.publish(notification)) },
    store: {
      readState: (project) => around('readState', () => store.readState(project)),
      putSnapshot: (snapshot) => around('putSnapshot', () => store.putSnapshot(snapshot)),
      putState: (projectState, expected) =>
        around(projectState.writeId.endsWith('/delivered') ? 'clear' : 'putState', () =>
          store.putState(projectState, expected),
        ),
      snapshots: (project, range) => store.snapshots(project, range),
    },
  };
}

/** A hook that never resolves from the n-th place on, also for what the check does in parallel. */
export class Kill {
  readonly killed: Promise<string>;
  readonly hook: Hook;
  private places = 0;

  constructor(at: number) {
    let announce: (place: string) => void = () => undefined;
    this.killed = new Promise((resolve) => {
      announce = resolve;
    });
    this.hook = async (place) => {
      this.places += 1;
      if (this.places === at) announce(place);
      if (this.places >= at) await new Promise<never>(() => undefined);
    };
  }
}
