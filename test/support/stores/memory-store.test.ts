import { MemoryStore } from './memory-store';
import { storeContract } from './store-contract';

describe('the store in memory', () => {
  storeContract(async () => new MemoryStore());
});
