/** `check`: polls one project, or each that OMS lists, once. The observation is stored and its changes are notified, as in a wait. */

import { ALL } from '../../lambda/contract/fleet';
import { check, requestOutsideWait } from '../../lambda/core/check/check';
import { conditionOf } from '../../lambda/core/judge/words';
import { type Command, DATA_DIR_FLAG, type Io, JSON_FLAG, printerFor, readDataDir } from '../input/command';
import { CONNECTION_FLAGS, readConnection } from '../input/connection';
import type { Flags, FlagTable } from '../input/flags';
import { exitOfPoll } from '../output/exit-status';
import { checkAll } from './check-all';
import { readProject } from './wait';
import { openWatcher } from './watcher';

const PROJECT_OR_ALL_FLAG: FlagTable = {
  project: {
    value: 'ID',
    about: `the project id shown in the OMS console, or ${ALL}: each that OMS lists (4.1.1 or later)`,
  },
};

export const checkCommand: Command = {
  name: 'check',
  summary: 'check a migration once, or all of them',
  flags: { ...CONNECTION_FLAGS, ...PROJECT_OR_ALL_FLAG, ...DATA_DIR_FLAG, ...JSON_FLAG },

  async run(flags: Flags, io: Io): Promise<number> {
    const connection = readConnection(flags, io.env);
    const project = readProject(flags, { orAll: true });
    const dataDir = readDataDir(flags);
    flags.settle();
    const printer = printerFor(flags, io, { single: true });
    const watcher = await openWatcher(connection, dataDir, printer, io);
    try {
      if (project === ALL) {
        const { ports, fleet } = watcher;
        return await checkAll({ fleet, kind: connection.kind, ports, printer, io });
      }
      const result = await check({ ...requestOutsideWait(project), signal: io.signal }, watcher.ports);
      // A single check has no grace period.
      const why = conditionOf(result.reason);
      if (why !== result.problem) printer.note(`${result.verdict} ${result.reason.code}: ${why}`);
      return exitOfPoll(result.outcome);
    } finally {
      await watcher.close();
    }
  },
};
