/** The CDK app in the package, for the demo: the same stack without cdk-nag, which is not a dependency of the package. */
import { runApp } from './run-app';

runApp();
