/** Certificates of private authorities, as a layer: the bundle of the handler stays the same for every deployment. */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const FILE = 'oms-ca.pem';

/** Layers are unpacked into /opt. */
export const CA_FILE_IN_FUNCTION = `/opt/${FILE}`;

export class CaLayer extends lambda.LayerVersion {
  constructor(scope: Construct, id: string, pemFile: string) {
    const pem = resolve(pemFile);
    super(scope, id, {
      description: 'Certificate authorities trusted for OMS',
      code: lambda.Code.fromAsset(dirname(pem), {
        // Of the PEM file only, not of its folder.
        assetHashType: AssetHashType.CUSTOM,
        assetHash: createHash('sha256').update(readFileSync(pem)).digest('hex'),
        bundling: {
          // Required by the type and never pulled: the local bundling below always succeeds.
          image: DockerImage.fromRegistry('scratch'),
          local: {
            tryBundle: (outputDir) => {
              copyFileSync(pem, join(outputDir, FILE));
              // A copy keeps the file mode, and Lambda runs as another user.
              chmodSync(join(outputDir, FILE), 0o644);
              return true;
            },
          },
        },
      }),
    });
  }
}
