/** The whole of a command that is named and documented but not built: one sentence, exit code 2 (wrong use). */
export function notYet(command: string, instead: string): () => Promise<number> {
  return () => {
    process.stderr.write(`npm run ${command} does not exist yet. ${instead}\n`);
    return Promise.resolve(2);
  };
}
