import { Deadline } from '../../../lambda/adapters/oms/http/deadline';

const DAYS = 86_400_000;

describe('a deadline longer than a timer can be', () => {
  test('does not end at once', async () => {
    const deadline = new Deadline(25 * DAYS);
    try {
      await deadline.sleep(20);
      expect(deadline.signal.aborted).toBe(false);
      expect(deadline.remainingMs()).toBeGreaterThan(24 * DAYS);
    } finally {
      deadline.clear();
    }
  });
});
