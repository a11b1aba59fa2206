/** The ports of a check without AWS: a real OMS, the embedded database in a folder, notifications on the output. */

import { newCheckId } from '../../lambda/adapters/system';
import { iso } from '../../lambda/contract/values/duration';
import type { CheckPorts } from '../../lambda/core/check/check';
import { isMuted } from '../../lambda/core/notifications/mute';
import type { Fleet } from '../../lambda/core/ports';
import { openLocalStore } from '../../local/data/local-store';
import type { Io } from '../input/command';
import { type Connection, openOms } from '../input/connection';
import { notifiedOf, type Printer } from '../output/printer';

export interface Watcher {
  readonly ports: CheckPorts;
  /** The same OMS. */
  readonly fleet: Fleet;
  /** ISO 8601; null for a project that is not muted. */
  mutedUntil(project: string): Promise<string | null>;
  close(): Promise<void>;
}

export async function openWatcher(connection: Connection, dataDir: string, printer: Printer, io: Io): Promise<Watcher> {
  // Wrong settings fail before a folder is created, and warnings are printed only where a run follows.
  const oms = openOms(connection, io.clock);
  const data = await openLocalStore(dataDir).catch(async (error: unknown) => {
    await oms.close();
    throw error;
  });
  for (const warning of connection.warnings) io.stderr(`warning: ${warning}\n`);
  return {
    fleet: oms,
    ports: {
      oms,
      store: data.store,
      notifier: {
        async publish(notification) {
          printer.notification(notifiedOf(notification));
          // A change that could not be printed stays pending, for a later check or run.
          await io.settled();
        },
      },
      deployment: { credentialsFrom: 'file' },
      clock: io.clock,
      onCheck: (result, looker) => printer.check(result, looker),
      log: { info() {}, warn() {} },
      // One process at a time uses the folder, so there is no other publisher.
      leaseMs: 0,
      newId: newCheckId,
    },
    async mutedUntil(project) {
      const projectState = await data.store.readState(project);
      return projectState?.mutedUntil !== undefined && isMuted(projectState, io.clock.now())
        ? iso(projectState.mutedUntil)
        : null;
    },
    async close() {
      await oms.close();
      await data.close();
    },
  };
}
