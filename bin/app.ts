/** The CDK app: `npx cdk deploy -c omsEndpoint=… -c projects=p_a,p_b -c notifyEmail=…`. */
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { runApp } from './run-app';

runApp((app) => Validations.of(app).addPlugins(new AwsSolutionsChecks(app)));
