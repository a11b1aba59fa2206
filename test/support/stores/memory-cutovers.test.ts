import { cutoversContract } from './cutovers-contract';
import { MemoryCutovers } from './memory-cutovers';

describe('the memory of cutovers in memory', () => {
  cutoversContract(async () => new MemoryCutovers());
});
