/** The package's one entry point. */

export {
  type CutoverApprovalOptions,
  CutoverPipeline,
  type CutoverPipelineProps,
  type CutoverReadyOptions,
} from './cutover/pipeline';
export { type DrainedOptions, type DurationOrPath, Goal, type SyncedOptions } from './goal';
export { MigrationMonitor } from './migration-monitor';
export type { MigrationMonitorProps } from './monitor-props';
export { InvalidSettings } from './problems';
export type { OmsApi, OmsKind } from './rules';
export { ENDPOINT_SERVICES, type EndpointService } from './vpc-endpoints';
export { WaitForMigration, type WaitForMigrationProps } from './wait-for-migration';
export type { HasLeg } from './wait-loop';
