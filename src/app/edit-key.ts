import { canonicalJson } from '../base/hash.ts';
import { Sha256Stream } from '../base/sha256-stream.ts';
import type { Edit, Project } from '../project/document.ts';
import { nameOfMask, steeringMask } from '../project/mask-name.ts';

/**
 * Names what an edit's pictures depend on, so that undoing a change finds the pictures made before it: what steers
 * the model (span, prompt, settings, mask) and everything below it in the stack. Amount and the mask's soft rim are
 * applied when shown, so an edit's own are left out; those below count. The engine's recipe hash is made of the same
 * parts (it leaves out a little more, so equal keys mean equal recipes).
 *
 * Every change of the page asks for the keys of all edits, several times: they are made once per state of the stack,
 * each from the hash of what lies below it.
 */
export function editKey(project: Project, editId: string): string {
  return keysOf(project.edits).get(editId) ?? '';
}

type Keys = ReadonlyMap<string, string>;

/** States of the stack that are asked for in turn: the document's, and parts of it that are looked at. */
const KEPT = 4;
let kept: readonly { readonly edits: readonly Edit[]; readonly keys: Keys }[] = [];

function keysOf(edits: readonly Edit[]): Keys {
  const found = kept.find((one) => one.edits === edits) ?? { edits, keys: makeKeys(edits) };
  if (found !== kept[0]) {
    kept = [found, ...kept.filter((one) => one !== found)].slice(0, KEPT);
  }
  return found.keys;
}

function makeKeys(edits: readonly Edit[]): Keys {
  const keys = new Map<string, string>();
  const below = new Map<string, string>();
  for (const edit of edits) {
    const { clipId } = edit;
    const lower = below.get(clipId) ?? '';
    const { own, asLower } = partsOf(edit);
    keys.set(edit.id, keyOf(clipId, own, lower));
    if (edit.enabled) {
      below.set(clipId, hashOf(lower, asLower));
    }
  }
  return keys;
}

function keyOf(clipId: string, own: string, below: string): string {
  return hashOf(JSON.stringify(clipId), own, below);
}

const encoder = new TextEncoder();

function hashOf(...parts: readonly string[]): string {
  const hash = new Sha256Stream();
  hash.update(encoder.encode(parts.join('\n')));
  return hash.digest();
}

type Parts = { readonly own: string; readonly asLower: string };
const partsByEdit = new WeakMap<Edit, Parts>();

function partsOf(edit: Edit): Parts {
  let parts = partsByEdit.get(edit);
  if (parts === undefined) {
    const own = steering(edit);
    // Sorted: settings that were taken away and given back stand in another order.
    parts = {
      own: canonicalJson(own),
      asLower: canonicalJson([own, edit.amount, edit.mask?.feather]),
    };
    partsByEdit.set(edit, parts);
  }
  return parts;
}

function steering(edit: Edit): unknown {
  const { span, prompt, promptKind, negative, settings, mask } = edit;
  return [
    span.from,
    span.to,
    prompt,
    promptKind,
    negative,
    settings,
    nameOfMask(steeringMask(mask)),
  ];
}

/** A key as a project holds it. Those of before were no hashes but all that they name: `[clip, own, below]`. */
export function readKey(saved: string): string {
  const [clipId, own, below] = readOldKey(saved);
  if (typeof clipId !== 'string' || !Array.isArray(own) || !Array.isArray(below)) {
    return saved;
  }
  const lower = below.reduce<string>((hash, part) => hashOf(hash, canonicalJson(part)), '');
  return keyOf(clipId, canonicalJson(own), lower);
}

function readOldKey(saved: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(saved);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
