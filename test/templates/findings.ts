/** Findings in templates, and the accepted ones. */

export interface Finding {
  readonly rule: string;
  readonly isError: boolean;
  /** A path in the template, or a resource as `<type>.<logical id>`. */
  readonly on: string;
  readonly template: string;
  readonly message: string;
}

/** An accepted finding. One that does not occur must be removed. */
export interface Accepted {
  readonly rule: string;
  readonly on: RegExp;
  readonly reason: string;
}

export interface Judged {
  readonly open: readonly Finding[];
  /** Number of findings per accepted rule. */
  readonly accepted: Readonly<Record<string, number>>;
  readonly unused: readonly Accepted[];
}

export function judge(findings: readonly Finding[], all: readonly Accepted[]): Judged {
  const open: Finding[] = [];
  const accepted: Record<string, number> = {};
  const used = new Set<Accepted>();
  for (const finding of findings) {
    const match = all.find(({ rule, on }) => rule === finding.rule && on.test(finding.on));
    if (match === undefined) open.push(finding);
    else {
      used.add(match);
      accepted[finding.rule] = (accepted[finding.rule] ?? 0) + 1;
    }
  }
  return { open, accepted, unused: all.filter((one) => !used.has(one)) };
}
