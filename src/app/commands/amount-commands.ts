import {
  easeKeyframe,
  keyframeAt,
  moveKeyframe,
  putKeyframe,
  raiseKeyframes,
  removeKeyframe,
} from '../../project/amount.ts';
import type { Easing, Edit, Keyframe } from '../../project/document.ts';
import { evaluateAmount } from '../../project/evaluate.ts';
import type { App } from '../app.ts';
import { changeEdit } from './edit-commands.ts';

/** What a change of the amount starts from: the same for all moves of one drag. */
export type AmountOf = Pick<Edit, 'id' | 'amount'>;

/**
 * The amount at a time: of an edit without keyframes (which has one value) for all of it; else a keyframe is put there,
 * or changed.
 */
export function setAmount(app: App, { id, amount }: AmountOf, time: number, value: number): void {
  const next = amount.length === 1 ? raiseTo(amount, value) : putKeyframe(amount, { time, value });
  changeEdit(app, id, { amount: next });
}

function raiseTo(amount: readonly Keyframe[], value: number): Keyframe[] {
  return raiseKeyframes(amount, [0], value - (amount[0]?.value ?? 0));
}

/** Adds a keyframe that changes nothing yet, or takes the one at this time away. */
export function toggleAmountKey(app: App, { id, amount }: AmountOf, time: number): void {
  const at = keyframeAt(amount, time);
  if (at === -1) {
    addAmountKey(app, { id, amount }, time);
  } else {
    changeEdit(app, id, { amount: removeKeyframe(amount, at) });
  }
}

/** Adds a keyframe that changes nothing yet: between two it eases as the one before it does. */
export function addAmountKey(app: App, { id, amount }: AmountOf, time: number): void {
  const before = amount.findLast((keyframe) => keyframe.time < time);
  const easing = before?.easing === undefined ? {} : { easing: before.easing };
  const value = evaluateAmount(amount, time);
  changeEdit(app, id, { amount: putKeyframe(amount, { time, value, ...easing }) });
}

export function moveAmountKey(
  app: App,
  { id, amount }: AmountOf,
  index: number,
  to: Pick<Keyframe, 'time' | 'value'>,
): void {
  changeEdit(app, id, { amount: moveKeyframe(amount, index, to) });
}

/** Raises or lowers some keyframes together: what dragging the line between them does. */
export function raiseAmount(
  app: App,
  { id, amount }: AmountOf,
  indices: readonly number[],
  by: number,
): void {
  changeEdit(app, id, { amount: raiseKeyframes(amount, indices, by) });
}

export function removeAmountKey(app: App, { id, amount }: AmountOf, index: number): void {
  changeEdit(app, id, { amount: removeKeyframe(amount, index) });
}

export function easeAmountKey(
  app: App,
  { id, amount }: AmountOf,
  index: number,
  easing: Easing,
): void {
  changeEdit(app, id, { amount: easeKeyframe(amount, index, easing) });
}

/** One value for the whole edit again. */
export function clearAmount(app: App, { id, amount }: AmountOf, value: number): void {
  changeEdit(app, id, { amount: [{ time: amount[0]?.time ?? 0, value }] });
}
