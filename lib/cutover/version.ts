/**
 * The version of a pipeline's definition, a hash of its state machines. An execution keeps the definition it began with; the machine of its steps is
 * started as it is deployed then. Each has the version in it, so a difference shows that the pipeline was deployed in between.
 */
import { createHash } from 'node:crypto';
import { Lazy, Stack } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';

export class DefinitionVersion {
  /** A token: the definitions are complete only at the end of the synthesis. */
  readonly text: string;
  private machines: readonly sfn.StateMachine[] = [];
  /** Of the hash itself, the definitions have no version. */
  private isHashing = false;

  constructor() {
    this.text = Lazy.string({ produce: () => (this.isHashing ? '' : this.hash()) });
  }

  covers(...machines: readonly sfn.StateMachine[]): void {
    this.machines = machines;
  }

  private hash(): string {
    this.isHashing = true;
    try {
      const definitions = this.machines.map((machine) => {
        const { definitionString } = machine.node.defaultChild as sfn.CfnStateMachine;
        return JSON.stringify(Stack.of(machine).resolve(definitionString));
      });
      return createHash('sha256').update(definitions.join('\n')).digest('hex').slice(0, 16);
    } finally {
      this.isHashing = false;
    }
  }
}
