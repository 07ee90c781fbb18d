import * as v from 'valibot';
import type { Project } from './document.ts';
import type { History, HistoryEntry } from './history.ts';
import { sharedChecker } from './schema.ts';

/** Steps kept on disk to each side of the document, and about how much text they may take with it. */
const MAX_STEPS = 100;
const MAX_CHARACTERS = 500_000;
/** Parts of documents that are shorter are written where they stand. */
const SHORT = 80;

/** Undo and redo of a document, as `History` has them. */
export type KeptHistory = Pick<History, 'past' | 'future'>;

export const NO_HISTORY: KeptHistory = { past: [], future: [] };

/**
 * Writes the nearest steps of a history as JSON. Documents that follow each other share almost all they have, so what
 * several of them hold stands once, in a list, and is referred to by its place: `{"#": 7}`. What was written before is
 * remembered: a new step costs what it changed.
 */
export class HistoryWriter {
  #parts: string[] = [];
  #places = new Map<string, number>();
  /** What stands for an object: a reference, or its own text. */
  #texts = new WeakMap<object, string>();
  #characters = 0;
  /** Once there was no room for them. */
  readonly #dropped = new WeakSet<HistoryEntry>();

  write({ past, future, mark }: History): string {
    // In the middle of a drag the document has moved already: undo takes that back.
    const before = (mark === null ? past : [...past, mark]).toReversed();
    let sides = this.#writeSides(before, future, MAX_CHARACTERS);
    if (sides === null) {
      this.#forget();
      sides = this.#writeSides(before, future, MAX_CHARACTERS / 2) ?? { past: [], future: [] };
    }
    const list = (entries: readonly string[]): string => `[${entries.join()}]`;
    return `{"parts":${list(this.#parts)},"past":${list(sides.past.toReversed())},"future":${list(sides.future)}}`;
  }

  /** Nearest first. Null where it gets too long; unless it was begun anew, then what is left is dropped. */
  #writeSides(past: readonly HistoryEntry[], future: readonly HistoryEntry[], limit: number) {
    const isFresh = this.#parts.length === 0;
    const written: Record<'past' | 'future', string[]> = { past: [], future: [] };
    for (let step = 0; step < MAX_STEPS; step++) {
      for (const [side, entry] of [
        ['past', past[step]],
        ['future', future[step]],
      ] as const) {
        const isNext = written[side].length === step;
        if (entry === undefined || !isNext || this.#dropped.has(entry)) {
          continue;
        }
        if (this.#characters <= limit) {
          written[side].push(`[${JSON.stringify(entry.label)},${this.#write(entry.project)}]`);
        } else if (isFresh) {
          this.#dropped.add(entry);
        } else {
          return null;
        }
      }
    }
    return written;
  }

  #write(value: unknown): string {
    if (typeof value !== 'object' || value === null) {
      return JSON.stringify(value);
    }
    const known = this.#texts.get(value);
    if (known !== undefined) {
      return known;
    }
    const own = Array.isArray(value)
      ? `[${value.map((one) => this.#write(one)).join()}]`
      : `{${Object.entries(value)
          .filter(([, one]) => one !== undefined)
          .map(([key, one]) => `${JSON.stringify(key)}:${this.#write(one)}`)
          .join()}}`;
    const text = own.length <= SHORT ? own : `{"#":${this.#placeOf(own)}}`;
    this.#texts.set(value, text);
    return text;
  }

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.#parts.push(text) - 1;
      this.#places.set(text, place);
      this.#characters += text.length;
    }
    return place;
  }

  #forget(): void {
    this.#parts = [];
    this.#places = new Map();
    this.#texts = new WeakMap();
    this.#characters = 0;
  }
}

/** The steps on both sides as far as `isPossible` holds for every document on the way. */
export function reachable(
  { past, future }: KeptHistory,
  isPossible: (project: Project) => boolean,
): KeptHistory {
  const last = past.findLastIndex(({ project }) => !isPossible(project));
  const first = future.findIndex(({ project }) => !isPossible(project));
  return { past: past.slice(last + 1), future: first < 0 ? future : future.slice(0, first) };
}

const entries = v.array(v.tuple([v.string(), v.unknown()]));
const schema = v.object({ parts: v.array(v.unknown()), past: entries, future: entries });

/**
 * Reads what a writer wrote of the project with this id. What can't be read, or is of another project or an older form of
 * the document, ends the history on that side: it is no reason not to open.
 */
export function readHistory(value: unknown, projectId: string): KeptHistory {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    return NO_HISTORY;
  }
  const { parts, past, future } = parsed.output;
  const shared: unknown[] = [];
  for (const part of parts) {
    // Only what stands before it: references can't go round in circles.
    shared.push(resolve(part, shared));
  }
  const check = sharedChecker();
  const read = (side: v.InferOutput<typeof entries>): HistoryEntry[] => {
    const found: HistoryEntry[] = [];
    for (const [label, node] of side.slice(0, MAX_STEPS)) {
      const project: Project | null = check(resolve(node, shared));
      if (project?.id !== projectId) {
        break;
      }
      found.push({ project, label });
    }
    return found;
  };
  return { past: read(past.toReversed()).toReversed(), future: read(future) };
}

function resolve(node: unknown, shared: readonly unknown[]): unknown {
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  if (Array.isArray(node)) {
    return node.map((one) => resolve(one, shared));
  }
  if ('#' in node) {
    return typeof node['#'] === 'number' ? shared[node['#']] : undefined;
  }
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, resolve(one, shared)]));
}
