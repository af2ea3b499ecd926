import { render, Text, Box, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useRef, useState } from 'react';
import { frame, type Screen } from './frame.ts';
import type { Line, Look } from './line.ts';
import type { Source } from './source.ts';
import { pressAll, startView, type Key, type View } from './view.ts';

type Style = Pick<Parameters<typeof Text>[0], 'bold' | 'inverse' | 'dimColor' | 'color'>;

/** The terminal's own sixteen colours: they fit its light or dark ground. */
const colours: Record<Look, Style> = {
  title: { bold: true },
  focus: { bold: true, color: 'cyan' },
  head: { bold: true },
  key: { bold: true },
  good: { color: 'green' },
  busy: { color: 'yellow' },
  bad: { bold: true, color: 'red' },
  dim: { dimColor: true },
  selected: { inverse: true },
};

/** NO_COLOR (no-color.org) asks for no colour; bold and inverse are none. */
function stylesFor(environment: NodeJS.ProcessEnv): Record<Look, Style> {
  if (!environment['NO_COLOR']) return colours;
  return Object.fromEntries(
    Object.entries(colours).map(([look, { color: _colour, ...style }]) => [look, style]),
  ) as Record<Look, Style>;
}

/** Shows the screen until the user quits. Draws into the terminal's alternate screen and leaves it as it was. */
export async function showTop(source: Source, environment: NodeJS.ProcessEnv): Promise<void> {
  const app = render(<Top source={source} styles={stylesFor(environment)} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    // A key should be seen within 50 ms; ink would wait for up to 33 of them.
    maxFps: 60,
    // A terminal is one, also where CI=true is set.
    interactive: true,
  });
  await app.waitUntilExit();
}

function Top({ source, styles }: { source: Source; styles: Record<Look, Style> }) {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [screen, setScreen] = useState<Screen>(() => source.screen());
  const [view, setView] = useState<View>(startView);
  // Several keys may come between two frames: each begins where the last one left.
  const latest = useRef(view);

  useEffect(() => source.onDraw(() => setScreen(source.screen())), [source]);
  useInput((input, pressed) => {
    const next = pressAll(latest.current, keyOf(input, pressed), screen);
    latest.current = next.view;
    source.follow(next.view.logs);
    if (next.effect === 'quit') exit();
    else setView(next.view);
  });

  const lines = frame(screen, view, { columns, rows });
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {lines.map((line, index) => (
        <ScreenLine key={index} line={line} styles={styles} />
      ))}
    </Box>
  );
}

function ScreenLine({ line, styles }: { line: Line; styles: Record<Look, Style> }) {
  return (
    <Text wrap="truncate">
      {line.length === 0
        ? ' '
        : line.map(({ text, look }, index) => (
            <Text key={index} {...(look ? styles[look] : {})}>
              {text}
            </Text>
          ))}
    </Text>
  );
}

type Pressed = Parameters<Parameters<typeof useInput>[0]>[1];

function keyOf(input: string, pressed: Pressed): Key {
  const named = (name: NonNullable<Key['name']>): Key => ({ input: '', name });
  if (pressed.ctrl && input === 'c') return named('ctrlC');
  if (pressed.upArrow) return named('up');
  if (pressed.downArrow) return named('down');
  if (pressed.pageUp) return named('pageUp');
  if (pressed.pageDown) return named('pageDown');
  if (pressed.home) return named('home');
  if (pressed.end) return named('end');
  if (pressed.tab) return named(pressed.shift ? 'shiftTab' : 'tab');
  if (pressed.return) return named('return');
  if (pressed.escape) return named('escape');
  if (pressed.backspace || pressed.delete) return named('backspace');
  return { input: pressed.ctrl || pressed.meta ? '' : input };
}
