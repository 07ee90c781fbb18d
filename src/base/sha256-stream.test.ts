import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sha256Stream } from './sha256-stream.ts';

function streamed(pieces: readonly Uint8Array[]): string {
  const hash = new Sha256Stream();
  pieces.forEach((piece) => hash.update(piece));
  return hash.digest();
}

describe('sha-256 in pieces', () => {
  it('matches the known answers of FIPS 180-4', () => {
    expect(streamed([new TextEncoder().encode('abc')])).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(streamed([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const million = new Uint8Array(1_000_000).fill(97);
    expect(streamed([million])).toBe(
      'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
    );
  });

  it('does not depend on how the data is cut', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (list) => {
        const whole = createHash('sha256');
        list.forEach((piece) => whole.update(piece));
        expect(streamed(list)).toBe(whole.digest('hex'));
      }),
    );
  });
});
