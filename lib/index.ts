/** The package's one entry point. */

export type { ApiChoice, ProjectKind } from '../lambda/contract/oms';
export {
  type CutoverApprovalOptions,
  CutoverPipeline,
  type CutoverPipelineProps,
  type CutoverReadyOptions,
} from './cutover/pipeline';
export { MigrationMonitor } from './monitor/migration-monitor';
export type { MigrationMonitorProps } from './monitor/props';
export { ENDPOINT_SERVICES, type EndpointService } from './network/vpc-endpoints';
export { InvalidSettings } from './validation/problems';
export { type DrainedOptions, Goal, type SyncedOptions } from './wait/goal';
export type { DurationOrPath } from './wait/json-path';
export { WaitForMigration, type WaitForMigrationProps } from './wait/wait-for-migration';
export type { HasLeg } from './wait/wait-loop';
