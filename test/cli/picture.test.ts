import assert from 'node:assert/strict';
import { pictureOf } from '../../scripts/picture-of-top.ts';

describe('the picture of a terminal', () => {
  it('puts every piece on its columns, in its colour, and escapes what is not XML', () => {
    const svg = pictureOf(
      '\u001b[1m\u001b[36m kith\u001b[0m <a&b>\n\u001b[7mselected\u001b[0m\n',
      'kith top',
    );
    assert.match(svg, /<text x="16.0" y="57" fill="#6fd3d6" font-weight="bold"[^>]*> kith<\/text>/);
    assert.match(svg, /> &lt;a&amp;b&gt;<\/text>/);
    assert.match(svg, /<rect x="16.0" y="62" width="67.2"[^>]*\/><text [^>]*>selected<\/text>/);
  });
});
