/**
 * Takes the answers of operators, for `oms-cutover approve` and `reject`: an HTTP API with one route, which API Gateway opens only to requests
 * that are signed by an AWS identity with the permission for it. The function gets the ARN that AWS verified, and the caller needs no
 * permission on the function or on the table.
 */
import { ArnFormat, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ANSWER_PATH } from '../../lambda/contract/requests/answer';
import { vendedLogs } from '../wait/state-machine';

export interface AnswersApiProps {
  readonly name: string;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** Refused calls too: who tried to answer. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  identity: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  problem: '$context.error.message',
};

export class AnswersApi extends Construct {
  readonly url: string;
  private readonly api: apigateway.HttpApi;

  constructor(scope: Construct, id: string, { name, logRetention, removalPolicy }: AnswersApiProps) {
    super(scope, id);
    this.api = new apigateway.HttpApi(this, 'Api', {
      apiName: 'oms-cutover-approvals',
      description: `Approvals of cutovers of ${name}`,
      createDefaultStage: false,
    });
    new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      // People answer. More would use the function's concurrency, which a running cutover needs.
      throttle: { rateLimit: 5, burstLimit: 10 },
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(
          vendedLogs(this, 'apigateway', { logRetention, removalPolicy }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    const { region, urlSuffix } = Stack.of(this);
    // Does not refer to the function, which gets it.
    this.url = `https://${this.api.apiId}.execute-api.${region}.${urlSuffix}${ANSWER_PATH}`;
  }

  deliver(cutoverFunction: lambda.IFunction): void {
    this.api.addRoutes({
      path: ANSWER_PATH,
      methods: [apigateway.HttpMethod.POST],
      integration: new HttpLambdaIntegration('Function', cutoverFunction),
      authorizer: new HttpIamAuthorizer(),
    });
  }

  grant(grantee: iam.IGrantable): iam.Grant {
    const route = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `$default/POST${ANSWER_PATH}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return iam.Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: [route] });
  }
}
