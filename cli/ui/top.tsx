import { Box, render, Text, useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useState } from 'react';
import { frame, type Line, type Screen } from './frame.ts';
import type { Source } from './source.ts';
import { panes, press, shownRows, startView, type Key, type Pane, type View } from './view.ts';

const looks: Record<NonNullable<Line['style']>, Partial<Parameters<typeof Text>[0]>> = {
  title: { bold: true, color: 'cyan' },
  head: { bold: true },
  selected: { inverse: true },
  bad: { color: 'red' },
  busy: { color: 'yellow' },
  dim: { dimColor: true },
};

/** Shows the screen until the user quits. Draws into the terminal's alternate screen and leaves it as it was. */
export async function showTop(source: Source): Promise<void> {
  const app = render(<Top source={source} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
  });
  await app.waitUntilExit();
}

function Top({ source }: { source: Source }) {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [screen, setScreen] = useState<Screen>(() => source.screen());
  const [view, setView] = useState<View>(startView);

  useEffect(() => source.onDraw(() => setScreen(source.screen())), [source]);
  useEffect(() => source.follow(view.logs), [source, view.logs]);
  useInput((input, pressed) => {
    const next = press(view, keyOf(input, pressed), filtered(screen, view));
    if (next.effect === 'quit') exit();
    else setView(next.view);
  });

  // One line less than the terminal has: a full last line would make it scroll.
  const lines = frame(screen, view, { columns, rows: Math.max(3, rows - 1) });
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        <Text key={index} wrap="truncate" {...(line.style ? looks[line.style] : {})}>
          {line.text || ' '}
        </Text>
      ))}
    </Box>
  );
}

function filtered(screen: Screen, view: View): Record<Pane, Screen['rows'][Pane]> {
  return Object.fromEntries(
    panes.map((pane) => [pane, shownRows(screen.rows[pane], view.filters[pane])]),
  ) as Record<Pane, Screen['rows'][Pane]>;
}

type Pressed = Parameters<Parameters<typeof useInput>[0]>[1];

function keyOf(input: string, pressed: Pressed): Key {
  if (pressed.ctrl && input === 'c') return { input: '', name: 'ctrlC' };
  if (pressed.upArrow) return { input: '', name: 'up' };
  if (pressed.downArrow) return { input: '', name: 'down' };
  if (pressed.pageUp) return { input: '', name: 'pageUp' };
  if (pressed.pageDown) return { input: '', name: 'pageDown' };
  if (pressed.tab) return { input: '', name: pressed.shift ? 'shiftTab' : 'tab' };
  if (pressed.return) return { input: '', name: 'return' };
  if (pressed.escape) return { input: '', name: 'escape' };
  if (pressed.backspace || pressed.delete) return { input: '', name: 'backspace' };
  return { input: pressed.ctrl || pressed.meta ? '' : input };
}
