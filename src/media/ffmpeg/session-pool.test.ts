import { afterEach, describe, expect, it, vi } from 'vitest';
import { FfmpegSession } from './ffmpeg-session.ts';
import { SessionPool } from './session-pool.ts';

/** Sessions without an ffmpeg behind them; how often each was disposed. */
function standIns(): { readonly sessions: FfmpegSession[]; openNext: () => void } {
  const sessions: FfmpegSession[] = [];
  const state = { sessions, openNext: () => undefined as void };
  vi.spyOn(FfmpegSession, 'open').mockImplementation(async () => {
    let usable = true;
    const session = {
      get usable() {
        return usable;
      },
      dispose: () => {
        usable = false;
      },
    } as FfmpegSession;
    await new Promise<void>((resolve) => {
      state.openNext = resolve;
    });
    sessions.push(session);
    return session;
  });
  return state;
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function borrowNow(pool: SessionPool, state: { openNext: () => void }) {
  const borrowed = pool.borrow();
  state.openNext();
  return await borrowed;
}

describe('SessionPool', () => {
  it('lends a session that came back and opens another while it is away', async () => {
    const state = standIns();
    const pool = new SessionPool(new Blob());
    const first = await borrowNow(pool, state);
    const second = await borrowNow(pool, state);
    expect(second).not.toBe(first);
    pool.giveBack(first);
    expect(await pool.borrow()).toBe(first);
    pool.dispose();
    expect(state.sessions.map(({ usable }) => usable)).toEqual([false, false]);
  });

  it('lends no session that opened after the pool was disposed', async () => {
    const state = standIns();
    const pool = new SessionPool(new Blob());
    const borrowed = pool.borrow();
    pool.dispose();
    state.openNext();
    await expect(borrowed).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(state.sessions.map(({ usable }) => usable)).toEqual([false]);
  });
});
