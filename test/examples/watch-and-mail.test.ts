import { describeExample } from './support-example';

describeExample('watch-and-mail', ({ model, play }) => {
  test('both projects are polled every ten minutes', () => {
    expect(model().schedules).toMatchObject([
      { intervalSeconds: 600, input: { projects: ['p_4gmn25m4rvwg', 'p_4gmn2b8xq3nk'] } },
    ]);
  });

  test('each change of either project is sent once by e-mail, with the message of OMS', async () => {
    const { messages } = await play({
      projects: { p_4gmn25m4rvwg: 'full-copy', p_4gmn2b8xq3nk: 'failure' },
      hours: 7,
    });
    const notified = messages.map(({ attributes: { project, change, to = '' }, recipients }) => ({
      notified: `${project} ${change} ${to}`.trim(),
      recipients,
    }));
    expect(notified).toEqual(
      [
        'p_4gmn25m4rvwg status RUNNING',
        'p_4gmn2b8xq3nk status RUNNING',
        'p_4gmn2b8xq3nk status FAILED',
        'p_4gmn25m4rvwg status FINISHED',
      ].map((line) => ({ notified: line, recipients: ['email:dba@example.com'] })),
    );
    // The body is wrapped.
    expect(messages[2]?.message.replace(/\s+/g, ' ')).toContain('The target tenant has no disk space left.');
  });
});
