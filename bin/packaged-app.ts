/** The CDK app as the package carries it, for its demo: the same stack. cdk-nag judges it in a checkout, and whoever installs the package need not have it. */
import { runApp } from './run-app';

runApp();
