import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import { callRemote, toRemote } from './remote.ts';

class Doubler {
  readonly #factor = 2;

  double(value: number): number {
    return value * this.#factor;
  }

  async refuse(): Promise<number> {
    throw new AppError('store/quota', '3 MB left', { cause: await Promise.resolve('disk') });
  }
}

describe('toRemote and callRemote', () => {
  const remote = toRemote(new Doubler());

  it('carry values, private fields included in reach', async () => {
    await expect(callRemote(remote.double(21))).resolves.toBe(42);
  });

  it('carry an error with its code and detail, through plain data', async () => {
    const reply = structuredClone(await remote.refuse());
    await expect(callRemote(Promise.resolve(reply))).rejects.toMatchObject({
      code: 'store/quota',
      detail: '3 MB left',
    });
  });

  it('are no promise themselves', () => {
    expect('then' in remote).toBe(false);
  });
});
