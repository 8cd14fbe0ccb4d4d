/** The short word for an action that people read; documents for programs have the long one. */
export function actionWord(action: 'keep' | 'warn' | 'terminate'): string {
  return action === 'terminate' ? 'kill' : action;
}
