/** Ways back: what a run changed is put back as it was, newest change first. */

export type Undo = () => Promise<void>;

/** Empties the list, newest first. All are tried; each failure is told, and the first one thrown after the last. */
export async function undoAll(undo: Undo[], tell: (message: string) => void): Promise<void> {
  let failure: unknown;
  while (undo.length > 0) {
    try {
      await undo.pop()!();
    } catch (error) {
      tell(`undoing failed: ${(error as Error).message}`);
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
