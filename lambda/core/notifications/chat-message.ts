/**
 * A change as Amazon Q Developer in chat applications (AWS Chatbot) shows it in Slack and Teams: its custom notifications, format 1.0. What
 * is not of this form it drops without a word.
 */

import type { Notification } from '../ports';
import { adviceOn } from './advice';
import { bodyOf } from './mail';

export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** One thread a project. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

export function chatMessageOf({ change, subject, event, attributes }: Notification): ChatMessage {
  const { links } = event;
  return {
    version: '1.0',
    source: 'custom',
    id: event.changeId,
    content: {
      textType: 'client-markdown',
      title: escaped(subject),
      description: escaped(bodyOf(change, { execution: null, dashboard: null })),
      nextSteps: [
        escaped(adviceOn(change)),
        ...(links.execution === null ? [] : [`The wait: ${links.execution}`]),
        ...(links.dashboard === null ? [] : [`Dashboard: ${links.dashboard}`]),
      ],
      keywords: [event.project, event.change, ...(event.status === null ? [] : [event.status])].map(escaped),
    },
    metadata: {
      threadId: event.project,
      summary: escaped(subject),
      eventType: event.change,
      additionalContext: { ...attributes, sequence: String(event.sequence) },
    },
  };
}

/** In a chat `<!channel>` calls everybody and `<address|words>` hides an address: words of others must not write either, nor letters of their own choice. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/[*~`]/g, "'");
}
