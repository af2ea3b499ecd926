import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { Source } from '../../cli/ui/source.ts';
import { httpClient } from '../../client/http-client.ts';
import type { ApiRequest, ApiResponse, Transport } from '../../client/transport.ts';
import { seededRandom } from '../../process/random.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

/** A controller with nothing in it, whose faults the tests choose. */
class QuietController implements Transport {
  readonly clock = new VirtualClock();
  /** What it does with a question: nothing at all, or answer after so many milliseconds. */
  answersAfterMs: number | 'never' = 0;
  sendsBookmarks = true;
  asked = 0;

  async request({ path, signal }: ApiRequest): Promise<ApiResponse> {
    if (path === '/readyz') this.asked += 1;
    const silent = this.answersAfterMs === 'never';
    await this.clock.sleep(silent ? 1e12 : Number(this.answersAfterMs), signal);
    if (path === '/readyz') return this.#answer(503, Readable.from(['[-]store failed']));
    if (!path.includes('watch=true'))
      return this.#answer(200, Readable.from(['{"items":[],"metadata":{"resourceVersion":"1"}}']));
    return this.#answer(200, this.#watch(signal!));
  }

  #answer(status: number, body: Readable): ApiResponse {
    return { status, headers: {}, body };
  }

  #watch(signal: AbortSignal): Readable {
    const body = new Readable({ read() {}, signal });
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '1' } } };
    const timer = this.clock.every(15_000, () => {
      if (this.sendsBookmarks && this.answersAfterMs !== 'never') body.push(`${JSON.stringify(bookmark)}\n`);
    });
    body.once('close', () => timer.cancel());
    return body;
  }
}

describe('the link of kith top', () => {
  let controller: QuietController;
  let source: Source;
  const link = () => source.screen().link;
  const after = async (ms: number) => {
    await controller.clock.advance(ms);
    return link();
  };

  beforeEach(async () => {
    controller = new QuietController();
    source = new Source({
      client: httpClient(controller),
      transport: controller,
      clock: controller.clock,
      random: seededRandom(1),
      cluster: 'home',
    });
    assert.equal((await after(1_000)).state, 'live');
  });
  afterEach(() => source.stop());

  it('stays live where nothing happens for long, also of a controller that is not ready', async () => {
    for (let second = 0; second < 120; second++) assert.equal((await after(1_000)).state, 'live');
    assert.equal(controller.asked, 60);
  });

  it('is lost within five seconds of silence, with the age of the last word, and live again within two of the next', async () => {
    await after(60_000);
    controller.answersAfterMs = 'never';
    const lost = await after(5_000);
    assert.equal(lost.state, 'lost');
    assert.equal(lost.problem, 'no word from the controller');
    assert.ok(lost.silentMs >= 4_500 && lost.silentMs <= 7_000, `${lost.silentMs}`);
    assert.ok((await after(10_000)).silentMs >= 14_500);
    controller.answersAfterMs = 0;
    assert.equal((await after(2_000)).state, 'live');
  });

  it('stays live with a controller that takes three seconds for an answer', async () => {
    await after(10_000);
    controller.answersAfterMs = 3_000;
    await after(3_000);
    for (let second = 0; second < 60; second++) assert.equal((await after(1_000)).state, 'live');
  });

  it('is lost where the controller answers but its watches have gone silent, and says how old they are', async () => {
    await after(16_000);
    controller.sendsBookmarks = false;
    const lost = await after(36_000);
    assert.equal(lost.state, 'lost');
    assert.ok(lost.silentMs > 35_000, `${lost.silentMs}`);
  });

  it('asks nothing more once it is stopped', async () => {
    const before = controller.asked;
    await source.stop();
    await after(30_000);
    assert.equal(controller.asked, before);
  });
});
