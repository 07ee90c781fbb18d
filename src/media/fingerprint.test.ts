import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintFile } from './fingerprint.ts';

function expected(data: Uint8Array): string {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(data.length));
  const head = data.subarray(0, 65_536);
  const tail = data.subarray(Math.max(65_536, data.length - 65_536));
  return createHash('sha256').update(size).update(head).update(tail).digest('hex');
}

describe('fingerprintFile', () => {
  it.each([0, 5, 65_536, 65_537, 131_072, 300_000])('covers %i bytes', async (length) => {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7919) >> 3);
    expect(await fingerprintFile(new Blob([data]))).toBe(expected(data));
  });

  it('differs where only the end or the size does', async () => {
    const data = new Uint8Array(300_000);
    const changed = data.slice();
    changed[299_999] = 1;
    const prints = await Promise.all(
      [data, changed, new Uint8Array(300_001)].map((d) => fingerprintFile(new Blob([d]))),
    );
    expect(new Set(prints).size).toBe(3);
  });
});
