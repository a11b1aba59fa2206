/** Usage, made from the commands' own tables. */
import type { Command } from '../command';

export function usage(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'oms-cutover <command> [flags]      oms-cutover <command> --help',
    '',
    ...rows,
    `  ${'version'.padEnd(10)} say which version this is; --version too`,
    '',
    'Exit status: 0 goal met · 1 the migration failed · 2 usage · 3 deadline · 4 OMS · 5 our own failure · 130 interrupted',
    '',
  ].join('\n');
}

export function usageOf(command: Command): string {
  const rows = Object.entries(command.flags).map(
    ([name, { value, about }]) => `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(40)} ${about}`,
  );
  return [
    `oms-cutover ${command.name}: ${command.summary}`,
    '',
    ...rows,
    '',
    'D is a duration: 0s, 30s, 5m, 12h, 3d',
    '',
  ].join('\n');
}
