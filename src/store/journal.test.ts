import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, readJournal } from './journal.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });

function journalOf(texts: readonly string[]): { bytes: Uint8Array; ends: number[] } {
  const records = texts.map((one, sequence) => encodeRecord({ epoch: 3, sequence, text: one }));
  const ends: number[] = [];
  const bytes: number[] = [];
  for (const record of records) {
    bytes.push(...record);
    ends.push(bytes.length);
  }
  return { bytes: Uint8Array.from(bytes), ends };
}

describe('a journal', () => {
  it('gives the newest state', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (texts) => {
        expect(readJournal(journalOf(texts).bytes)).toEqual({
          newest: { epoch: 3, sequence: texts.length - 1, text: texts.at(-1) },
          damagedBytes: 0,
        });
      }),
      { seed: 12, numRuns: 100 },
    );
    expect(readJournal(new Uint8Array(0))).toEqual({ newest: null, damagedBytes: 0 });
  });

  it('torn anywhere gives the last state that was whole', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.nat(), (texts, cut) => {
        const { bytes, ends } = journalOf(texts);
        const length = cut % (bytes.length + 1);
        const whole = ends.filter((end) => end <= length).length;
        const { newest, damagedBytes } = readJournal(bytes.subarray(0, length));
        expect(newest?.text ?? null).toBe(whole === 0 ? null : texts[whole - 1]);
        expect(damagedBytes).toBe(length - (ends[whole - 1] ?? 0));
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('with flipped bytes loses the states they hit and no other', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        (texts, flips) => {
          const { bytes, ends } = journalOf(texts);
          const hit = new Set<number>();
          for (const at of new Set(flips.map(([place]) => place % bytes.length))) {
            const [, mask] = flips.find(([place]) => place % bytes.length === at) ?? [0, 1];
            bytes[at] = (bytes[at] ?? 0) ^ mask;
            hit.add(ends.findIndex((end) => at < end));
          }
          const last = texts.findLastIndex((_, index) => !hit.has(index));
          expect(readJournal(bytes).newest?.text ?? null).toBe(last < 0 ? null : texts[last]);
        },
      ),
      { seed: 12, numRuns: 300 },
    );
  });

  it('takes a later writer’s state over any of an earlier one', () => {
    const late = encodeRecord({ epoch: 5, sequence: 0, text: 'new' });
    const stale = encodeRecord({ epoch: 4, sequence: 900, text: 'old' });
    expect(readJournal(Uint8Array.from([...late, ...stale])).newest?.text).toBe('new');
  });
});
