import { describe, expect, it } from 'vitest';
import { BINDINGS } from './keymap.ts';
import { combination, findBinding, keyCaps } from './keys.ts';

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

describe('keys', () => {
  it('gives every key one meaning', () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
    const ids = BINDINGS.map((binding) => binding.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leaves the first key of a pair without a meaning of its own', () => {
    const firsts = BINDINGS.flatMap((b) => b.keys)
      .filter((k) => k.includes(' '))
      .map((k) => k.split(' ')[0]);
    expect(BINDINGS.flatMap((b) => b.keys).filter((k) => firsts.includes(k))).toEqual([]);
  });

  it('writes presses as the table does', () => {
    expect(combination(press(' '))).toBe('Space');
    expect(combination(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('Ctrl+Shift+Z');
    expect(combination(press('z', { metaKey: true }))).toBe('Ctrl+Z');
    expect(combination(press('?', { shiftKey: true }))).toBe('?');
    expect(combination(press('+', { shiftKey: true }))).toBe('+');
  });

  it('finds bindings, pairs too', () => {
    expect(findBinding(press('k'), '')?.id).toBe('play');
    expect(findBinding(press('Enter', { shiftKey: true }), '')?.id).toBe('preview');
    expect(findBinding(press('r'), 'M')?.id).toBe('rectangle');
    expect(findBinding(press('r'), '')).toBeNull();
  });

  it('shows keys as caps', () => {
    expect(keyCaps('Ctrl+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(keyCaps('Ctrl+Z', true)).toEqual(['⌘', 'Z']);
    expect(keyCaps('M R', false)).toEqual(['M', 'R']);
    expect(keyCaps('+', false)).toEqual(['+']);
  });
});
