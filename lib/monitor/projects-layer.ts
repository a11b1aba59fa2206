/** The ids of a large fleet, as a layer: a template has room for 1 MB, the input of a schedule for 256 KB. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const FILE = 'oms-projects.json';

/** Layers are unpacked into /opt. */
export const PROJECTS_FILE_IN_FUNCTION = `/opt/${FILE}`;

export class ProjectsLayer extends lambda.LayerVersion {
  constructor(scope: Construct, id: string, projects: readonly string[]) {
    const folder = FileSystem.mkdtemp('oms-cutover-');
    // Lambda runs as another user.
    writeFileSync(join(folder, FILE), JSON.stringify(projects), { mode: 0o644 });
    super(scope, id, {
      description: 'Ids of the OMS projects that the schedule polls',
      code: lambda.Code.fromAsset(folder),
    });
  }
}
