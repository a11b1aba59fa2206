/** OMS's own full verification, where it is part of a project and the calls to ask for it are there (4.1.1 on). */

import type { OmsApi } from '../../contract/oms';

export type Verification =
  /** This OMS cannot be asked, or the project has no full verification. */
  | { readonly state: 'NOT_THERE'; readonly message: string }
  | { readonly state: 'CLEAN'; readonly message: string }
  | { readonly state: 'UNDER_WAY'; readonly message: string }
  | { readonly state: 'DIFFERENT'; readonly message: string }
  /** No usable answer: not clean. */
  | { readonly state: 'UNKNOWN'; readonly message: string };

export interface Verifier {
  /**
   * Never throws for OMS's trouble.
   * @param api which calls answered for this project last time: where those of 4.1.1 did, one that seems missing is a fault of the moment.
   */
  verification(projectId: string, api: OmsApi | null): Promise<Verification>;
}
