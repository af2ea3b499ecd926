import assert from 'node:assert/strict';
import { News } from '../../gateway/news.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

describe('a request that waits for news', () => {
  it('goes on with the next directory, or after a second, and is forgotten either way', async () => {
    const clock = new VirtualClock();
    const news = new News(clock);
    const told = news.next();
    assert.equal(news.waiting, 1);
    news.tell();
    await told;
    const late = Promise.all(Array.from({ length: 500 }, () => news.next()));
    assert.equal(news.waiting, 500);
    await clock.advance(1_000);
    await late;
    assert.equal(news.waiting, 0);
  });

  it('does not wait where a thousand do', async () => {
    const clock = new VirtualClock();
    const news = new News(clock);
    const waiting = Promise.all(Array.from({ length: 1_000 }, () => news.next()));
    await news.next();
    assert.equal(news.waiting, 1_000);
    news.tell();
    await waiting;
  });
});
