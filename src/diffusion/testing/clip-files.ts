const MERGES = 48_894;

/** `vocab.json` and `merges.txt` as checkpoints carry them, from OpenAI's `bpe_simple_vocab_16e6.txt`. */
export function clipFiles(original: string): { vocab: string; merges: string } {
  const merges = original.split('\n').slice(1, MERGES + 1);
  const visible = [range(33, 126), range(161, 172), range(174, 255)].flat();
  const hidden = range(0, 255).filter((byte) => !visible.includes(byte));
  const bytes = [...visible, ...hidden.map((_, i) => 256 + i)].map((code) =>
    String.fromCodePoint(code),
  );
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((merge) => merge.replace(' ', '')),
    '<|startoftext|>',
    '<|endoftext|>',
  ];
  return {
    vocab: JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id]))),
    merges: ['#version: 0.2', ...merges].join('\n'),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
