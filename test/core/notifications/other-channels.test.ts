/** The event for a bus and the message for a chat, and that neither can hold up or repeat the mail. */

import { CHANGE_KINDS, type Change } from '../../../lambda/core/model/change';
import { stateChangeOf } from '../../../lambda/core/notifications/bus-event';
import { chatMessageOf } from '../../../lambda/core/notifications/chat-message';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { SideChannels } from '../../../lambda/core/notifications/side-channels';
import type { Notifier } from '../../../lambda/core/ports';
import { FAILED_IN_A_WAIT as FAILED } from '../../support/changes';

const notification = (changed: Partial<Change> = {}) => notificationOf({ ...FAILED, ...changed });

describe('on a bus', () => {
  test('a change has the fields of a state change of AWS DMS, and the whole event', () => {
    const notified = notification();
    expect(stateChangeOf(notified)).toEqual({
      type: 'MIGRATION_PROJECT',
      category: 'Failure',
      eventType: 'MIGRATION_PROJECT_FAILED',
      eventId: 'c1-1',
      resourceLink: notified.event.links.execution,
      detailMessage: notified.subject,
      change: notified.event,
    });
  });

  test.each([
    [{ to: 'RUNNING', status: 'RUNNING' }, 'StateChange', 'MIGRATION_PROJECT_RUNNING'],
    [{ kind: 'found', status: 'SUSPEND', to: undefined }, 'StateChange', 'MIGRATION_PROJECT_SUSPEND'],
    [{ kind: 'caught-up', to: undefined }, 'Health', 'MIGRATION_PROJECT_CAUGHT_UP'],
    [{ kind: 'goal-met', to: undefined }, 'Notification', 'MIGRATION_PROJECT_GOAL_MET'],
    [{ to: 'sonder"status\n', status: 'x' }, 'StateChange', 'MIGRATION_PROJECT_SONDER_STATUS'],
  ])('%j is %s, %s', (changed, category, eventType) => {
    expect(stateChangeOf(notification(changed as Partial<Change>))).toMatchObject({ category, eventType });
  });

  test.each(CHANGE_KINDS)('%s has a type that a rule can name', (kind) => {
    const { from: _from, to: _to, ...rest } = FAILED;
    expect(stateChangeOf(notificationOf({ ...rest, kind })).eventType).toMatch(/^MIGRATION_PROJECT_[A-Z0-9_]+$/);
  });
});

describe('in a chat', () => {
  test('a change is a custom notification in the thread of its project', () => {
    const notified = notification();
    expect(chatMessageOf(notified)).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'c1-1',
      content: {
        textType: 'client-markdown',
        title: notified.subject,
        description: expect.stringContaining('OMS says: target is full'),
        nextSteps: [
          'open the failed step in the OMS console, mend the cause, resume. OMS can resume it for about 12 h.',
          `The wait: ${notified.event.links.execution}`,
        ],
        keywords: ['p_x', 'status', 'FAILED'],
      },
      metadata: {
        threadId: 'p_x',
        summary: notified.subject,
        eventType: 'status',
        additionalContext: { ...notified.attributes, sequence: '7' },
      },
    });
  });

  test('words of OMS call nobody, hide no address and choose no letters', () => {
    const said = { message: '<!channel> see <http://evil.example|the console> *now* & `run` ~this~' };
    const { content } = chatMessageOf(notification({ said, status: '<@U1>' }));
    const text = JSON.stringify(content);
    expect(text).not.toMatch(/[<>*`~]/);
    expect(text).toContain('&lt;!channel&gt;');
    expect(content.keywords).toContain('&lt;@U1&gt;');
  });
});

describe('side channels', () => {
  const recorder = (notified: string[], name: string, refusal?: Error): Notifier => ({
    publish: async () => {
      if (refusal !== undefined) throw refusal;
      notified.push(name);
    },
  });
  const logged: { event: string; fields: unknown }[] = [];
  const log = { info: () => {}, warn: (event: string, fields?: unknown) => logged.push({ event, fields }) };
  beforeEach(() => logged.splice(0));

  test('are told after whoever must hear', async () => {
    const notified: string[] = [];
    await new SideChannels(
      recorder(notified, 'main'),
      { chat: recorder(notified, 'chat'), bus: recorder(notified, 'bus') },
      log,
    ).publish(notification());
    expect(notified).toEqual(['main', 'chat', 'bus']);
  });

  test('hear nothing of what the first did not take: it is told to all of them later', async () => {
    const notified: string[] = [];
    const refusing = recorder(notified, 'main', new Error('no such topic'));
    const channels = new SideChannels(refusing, { chat: recorder(notified, 'chat') }, log);
    await expect(channels.publish(notification())).rejects.toThrow('no such topic');
    expect(notified).toEqual([]);
  });

  test('cannot have a mail sent again: what one refuses is logged, and the others hear all the same', async () => {
    const notified: string[] = [];
    const others = { chat: recorder(notified, 'chat', new Error('gone')), bus: recorder(notified, 'bus') };
    await new SideChannels(recorder(notified, 'main'), others, log).publish(notification());
    expect(notified).toEqual(['main', 'bus']);
    expect(logged).toEqual([
      {
        event: 'side-channel-refused',
        fields: { projectId: 'p_x', changeId: 'c1-1', sequence: 7, channel: 'chat', problem: 'gone' },
      },
    ]);
  });
});
