import assert from 'node:assert/strict';
import { join } from 'node:path';
import { served, type Served } from './served.ts';

const handlers = join(import.meta.dirname, '../../../fixtures/handlers');

describe('a handler as a component', function () {
  this.timeout(60_000);
  let app: Served;

  before(async () => {
    app = await served(join(handlers, 'everything.js'), { NAME: 'from the pod' });
  });
  after(() => app.close());

  it('keeps its state from request to request: one instance serves many', async () => {
    for (let at = 1; at <= 200; at += 1) assert.equal((await app.get('/count')).text, String(at));
  });

  it('answers many requests at once, each its own', async () => {
    const words = Array.from({ length: 100 }, (_, at) => `word ${at} `.repeat(at));
    const answers = await Promise.all(words.map((body) => app.get('/text', { method: 'POST', body })));
    assert.deepEqual(
      answers.map((answer) => answer.text),
      words.map((word) => word.toUpperCase()),
    );
  });

  it('sees the container’s environment, as argument and as process.env', async () => {
    const { text } = await app.get('/env');
    assert.deepEqual(JSON.parse(text), { argument: 'from the pod', process: 'from the pod' });
  });

  it('sees method, URL and headers', async () => {
    const headers = { 'x-one': '1', accept: 'text/html' };
    const { text } = await app.get('/request?a=b%20c', { method: 'DELETE', headers });
    const seen = JSON.parse(text);
    assert.equal(seen.method, 'DELETE');
    assert.equal(new URL(seen.url).host, 'app.test');
    assert.equal(new URL(seen.url).search, '?a=b%20c');
    assert.equal(seen.headers['x-one'], '1');
  });

  it('passes bodies both ways, large ones too', async () => {
    const body = Buffer.alloc(3_000_000, 'kith ').toString();
    const { text, headers } = await app.get('/echo', { method: 'POST', body });
    assert.equal(text, body);
    assert.equal(headers['x-echo'], 'yes');
    const { status, text: json } = await app.get('/json', { method: 'PUT', body: '{"a":[1,2]}' });
    assert.deepEqual([status, JSON.parse(json)], [201, { a: [1, 2] }]);
    assert.equal((await app.get('/bytes')).text, '\u0007'.repeat(1_000_000));
  });

  it('streams: what is sent comes back before the request has ended', async () => {
    const { send, answer } = app.open('/echo', { method: 'POST' });
    send.write('first');
    const message = await answer;
    const chunks = message[Symbol.asyncIterator]();
    assert.equal(String((await chunks.next()).value), 'first');
    send.write('second');
    assert.equal(String((await chunks.next()).value), 'second');
    send.end();
    assert.equal((await chunks.next()).done, true);
  });

  it('streams an answer as it is made', async () => {
    const { send, answer } = app.open('/stream', { method: 'GET' });
    send.end();
    const words: string[] = [];
    for await (const chunk of await answer) words.push(String(chunk));
    assert.equal(words.join(''), 'one two three');
    assert.ok(words.length > 1, `came in ${words.length} piece`);
  });

  it('cuts an answer off whose source fails, so that nobody takes the part for the whole', async () => {
    await assert.rejects(app.get('/broken-stream'), /aborted|hang up|reset/i);
    assert.match(app.log(), /the source broke/);
    // The control: it is not the stream itself that breaks.
    assert.equal((await app.get('/stream')).text, 'one two three');
  });

  it('keeps status and headers, leaves out those of the connection', async () => {
    const { status, headers, text } = await app.get('/status');
    assert.deepEqual([status, text], [204, '']);
    assert.equal(Buffer.from(headers['x-a'] as string, 'latin1').toString(), 'ä');
    assert.notEqual(headers['connection'], 'close');
    assert.deepEqual((await app.get('/cookies')).headers['set-cookie'], ['a=1', 'b=2']);
  });

  for (const path of ['/throw', '/reject', '/nothing', '/used'])
    it(`answers 500 to ${path} and tells the log, not the visitor, why`, async () => {
      const { status, text } = await app
        .get(path)
        .catch((error: Error) => ({ status: 500, text: error.message }));
      assert.equal(status, 500);
      assert.doesNotMatch(text, /private/);
      assert.equal((await app.get('/env')).status, 200);
    });

  it('logs the stack of what was thrown', () => {
    assert.match(app.log(), /Error: this is private\n.*everything\.js|Error: this is private/s);
    assert.match(app.log(), /this is private too/);
    assert.match(app.log(), /the handler returned undefined, not a Response/);
  });

  it('lets a handler wait, and work on after its answer', async () => {
    assert.equal((await app.get('/wait')).text, 'waited');
    assert.equal((await app.get('/later')).text, 'now');
    await app.get('/count');
    assert.match(app.log(), /done later/);
  });

  it('has chance and a clock of its own, not those of the build', async () => {
    const [chance, uuid, time] = JSON.parse((await app.get('/chance')).text);
    const [chance2, uuid2] = JSON.parse((await app.get('/chance')).text);
    assert.notEqual(chance, chance2);
    assert.notEqual(uuid, uuid2);
    assert.ok(Math.abs(time - Date.now()) < 60_000);
  });
});
