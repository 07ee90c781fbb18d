import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '../base/error.ts';
import type { PromptReading } from '../protocol/prompt-reading.ts';
import { DraftReader, draftWarning } from './draft-reader.ts';
import { createSession, emptyDraft, type Session } from './state/session-store.ts';

const READING: PromptReading = {
  model: 'The starter',
  asked: ['fg_remove'],
  unknown: [{ id: 'fg_remove', title: 'removing an object', needs: 'inpainting' }],
  understood: true,
};

let session: Session;
let asked: string[];

function type(prompt: string): void {
  session.setState((state) => ({ draft: { ...state.draft, prompt } }));
}

beforeEach(() => {
  vi.useFakeTimers();
  session = createSession();
  asked = [];
});

afterEach(() => {
  vi.useRealTimers();
});

it('reads once typing stops, and not what was typed on the way', async () => {
  const reader = new DraftReader(session, async (prompt) => {
    asked.push(prompt);
    return await Promise.resolve(READING);
  });
  for (const text of ['r', 're', 'remove', 'remove the car', 'remove the car ']) {
    type(text);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(400);
  expect(asked).toEqual(['remove the car']);
  const { newest } = reader.store.getState();
  expect(draftWarning(newest, 'remove the car ')).toContain('does not know “remove the car”');
  expect(draftWarning(newest, 'remove the cart')).toBeNull();
  session.setState({ draft: emptyDraft() });
  await vi.advanceTimersByTimeAsync(400);
  expect(asked).toHaveLength(1);
});

it('reads one prompt at a time, and the newest after it', async () => {
  const ends: (() => void)[] = [];
  const reader = new DraftReader(session, async (prompt) => {
    asked.push(prompt);
    await new Promise<void>((resolve) => ends.push(resolve));
    return READING;
  });
  for (const text of ['first', 'second', 'third']) {
    type(text);
    await vi.advanceTimersByTimeAsync(400);
  }
  expect(asked).toEqual(['first']);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(['first', 'third']);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(reader.store.getState().newest?.prompt).toBe('third');
});

it('reads the prompt again with another model, and drops what the one before makes of it', async () => {
  const ends: ((model: string) => void)[] = [];
  const reader = new DraftReader(session, async () => {
    const model = await new Promise<string>((resolve) => ends.push(resolve));
    return { ...READING, model };
  });
  type('remove the car');
  await vi.advanceTimersByTimeAsync(400);
  reader.restart();
  await vi.advanceTimersByTimeAsync(400);
  ends[0]?.('The starter');
  await vi.advanceTimersByTimeAsync(0);
  expect(reader.store.getState().newest).toBeNull();
  ends[1]?.('Another');
  await vi.advanceTimersByTimeAsync(0);
  expect(reader.store.getState().newest?.reading.model).toBe('Another');
  expect(ends).toHaveLength(2);
});

it('says nothing where the model can’t tell or the engine fails, and tries the next prompt', async () => {
  const answers = [
    async () => await Promise.resolve(null),
    async () => await Promise.reject(new AppError('engine/crashed')),
    async () => await Promise.resolve(READING),
  ];
  const reader = new DraftReader(session, async () => {
    const answer = answers.shift();
    return answer === undefined ? null : await answer();
  });
  for (const text of ['one', 'two']) {
    type(text);
    await vi.advanceTimersByTimeAsync(400);
    expect(reader.store.getState().newest).toBeNull();
  }
  reader.restart();
  await vi.advanceTimersByTimeAsync(400);
  expect(reader.store.getState().newest?.prompt).toBe('two');
});
