/** A private certificate authority, put where the handler finds it. A layer, so that the handler's own bundle stays the same for everybody. */
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
      description: 'Certificate authorities to trust for OMS',
      code: lambda.Code.fromAsset(dirname(pem), {
        // The content alone, whatever else lies in the same folder.
        assetHashType: AssetHashType.CUSTOM,
        assetHash: createHash('sha256').update(readFileSync(pem)).digest('hex'),
        bundling: {
          // Asked for by the type, never pulled: the copy below always works.
          image: DockerImage.fromRegistry('scratch'),
          local: {
            tryBundle: (outputDir) => {
              copyFileSync(pem, join(outputDir, FILE));
              // The copy keeps the mode, and Lambda's user is not the owner.
              chmodSync(join(outputDir, FILE), 0o644);
              return true;
            },
          },
        },
      }),
    });
  }
}
