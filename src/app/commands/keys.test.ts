import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assignKeys,
  collide,
  conflicts,
  findCommand,
  isChanged,
  isReserved,
  keysOf,
  resetKeys,
  startsPair,
  type KeyChanges,
} from './key-bindings.ts';
import { combination, keyCaps, keysInWords } from './key-names.ts';
import { COMMANDS } from './table/table.ts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

const allKeys = (changes: KeyChanges): readonly string[] =>
  COMMANDS.flatMap((command) => keysOf(command, changes));

const collisions = (keys: readonly string[]): readonly string[] =>
  keys.filter((one, at) => keys.some((other, place) => place !== at && collide(one, other)));

describe('the table of commands', () => {
  it('gives every key one meaning and every command a name of its own', () => {
    expect(collisions(allKeys({}))).toEqual([]);
    for (const names of [COMMANDS.map(({ id }) => id), COMMANDS.map(({ title }) => title)]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('uses no key that never reaches the page', () => {
    expect(allKeys({}).filter((keys) => keys !== 'Escape' && isReserved(keys))).toEqual([]);
  });
});

describe('keys', () => {
  it('are written as in the table', () => {
    expect(combination(press(' '))).toBe('Space');
    expect(combination(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('Ctrl+Shift+Z');
    expect(combination(press('z', { metaKey: true }))).toBe('Ctrl+Z');
    expect(combination(press('?', { shiftKey: true }))).toBe('?');
    expect(combination(press('+', { shiftKey: true }))).toBe('+');
  });

  it('find their command, in pairs too', () => {
    expect(findCommand(COMMANDS, {}, 'K')?.id).toBe('play');
    expect(findCommand(COMMANDS, {}, 'Shift+Enter')?.id).toBe('preview');
    expect(findCommand(COMMANDS, {}, 'M R')?.id).toBe('rectangle');
    expect(findCommand(COMMANDS, {}, 'M')).toBeNull();
    expect(startsPair(COMMANDS, {}, 'M')).toBe(true);
    expect(startsPair(COMMANDS, {}, 'K')).toBe(false);
  });

  it('are shown as caps and said in words', () => {
    expect(keyCaps('Ctrl+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(keyCaps('Ctrl+Z', true)).toEqual(['⌘', 'Z']);
    expect(keyCaps('M R', false)).toEqual(['M', 'R']);
    expect(keyCaps('+', false)).toEqual(['+']);
    expect(keyCaps('Ctrl++', false)).toEqual(['Ctrl', '+']);
    expect(keysInWords('M R', false)).toBe('M, then R');
    expect(keysInWords('Ctrl+ArrowLeft', true)).toBe('Command Left arrow');
  });
});

describe('changing keys', () => {
  it('takes a key from whoever had it', () => {
    expect(conflicts(COMMANDS, {}, 'loop', 'K').map(({ id }) => id)).toEqual(['play']);
    const changes = assignKeys(COMMANDS, {}, 'loop', ['K']);
    expect(findCommand(COMMANDS, changes, 'K')?.id).toBe('loop');
    expect(changes).toEqual({ loop: ['K'], play: ['Space'] });
  });

  it('takes pairs from whoever gets their beginning', () => {
    const changes = assignKeys(COMMANDS, {}, 'mute', ['M']);
    expect(findCommand(COMMANDS, changes, 'M R')).toBeNull();
    expect(resetKeys(COMMANDS, changes, 'rectangle')).toMatchObject({ mute: [] });
  });

  it('lets a key that was chosen win over a command that came later', () => {
    expect(findCommand(COMMANDS, { mute: ['Space'] }, 'Space')?.id).toBe('mute');
  });

  const id = fc.constantFrom(...COMMANDS.map((command) => command.id));
  const key = fc.constantFrom('A', 'K', 'M', 'M R', 'M O', 'Ctrl+Z', 'Space', 'A B', '?');
  const steps = fc.array(
    fc.oneof(
      fc.record({ id, keys: fc.constant(null) }),
      fc.record({ id, keys: fc.tuple(key).map(([one]): readonly string[] => [one]) }),
    ),
    { maxLength: 12 },
  );

  it('never leaves two commands on one key, whatever is given, and resets to nothing', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let changes: KeyChanges = {};
        for (const step of list) {
          changes =
            step.keys === null
              ? resetKeys(COMMANDS, changes, step.id)
              : assignKeys(COMMANDS, changes, step.id, step.keys);
          const own = COMMANDS.find((command) => command.id === step.id)?.keys;
          expect(collisions(allKeys(changes))).toEqual([]);
          expect(findCommand(COMMANDS, changes, (step.keys ?? own)?.[0] ?? '')?.id ?? step.id).toBe(
            step.id,
          );
        }
        for (const command of COMMANDS) {
          changes = resetKeys(COMMANDS, changes, command.id);
        }
        expect(COMMANDS.filter((command) => isChanged(command, changes))).toEqual([]);
      }),
    );
  });
});
