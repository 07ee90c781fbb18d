import type { Edit, EditSettings } from '../document.ts';

type Changes = Partial<Omit<Edit, 'settings'>> & { readonly settings?: Partial<EditSettings> };

/** An edit with nothing special about it but `changes`. */
export function exampleEdit({ settings, ...changes }: Changes = {}): Edit {
  return {
    id: 'edit',
    clipId: 'clip',
    enabled: true,
    span: { from: 0, to: 1_000_000 },
    prompt: 'make it night',
    promptKind: 'delta',
    negative: '',
    settings: {
      model: 'starter',
      seed: 1,
      steps: 4,
      strength: 1,
      size: 256,
      anchors: 4,
      mode: 'swap',
      ...settings,
    },
    amount: [{ time: 0, value: 1 }],
    mask: null,
    ...changes,
  };
}
