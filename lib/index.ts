/** The package's one entry point. */

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
export type { OmsApi, OmsKind } from './validation/rules';
export { type DrainedOptions, type DurationOrPath, Goal, type SyncedOptions } from './wait/goal';
export { WaitForMigration, type WaitForMigrationProps } from './wait/wait-for-migration';
export type { HasLeg } from './wait/wait-loop';
