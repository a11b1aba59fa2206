/**
 * Retries that all requests of a client share. One dropped connection is worth a retry; where many requests fail at once, retries would triple the
 * load of a server that is down already. What was spent comes back with answers, and with time.
 */
const MOST = 4;
/** Of one answer. */
const EARNED = 0.5;
const REFILLED_AFTER_MS = 60_000;

export class RetryBudget {
  private left = MOST;
  private spentAt = 0;

  /** False where nothing is left. */
  spend(): boolean {
    const now = performance.now();
    if (now - this.spentAt >= REFILLED_AFTER_MS) this.left = MOST;
    if (this.left < 1) return false;
    this.left -= 1;
    this.spentAt = now;
    return true;
  }

  /** A request was answered. */
  earn(): void {
    this.left = Math.min(MOST, this.left + EARNED);
  }
}
