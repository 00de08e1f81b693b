/** Gives what asks for `action`: it runs at the end of the turn of the event loop, once, so that what has gathered goes at once. */
export function onceATurn(action: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      action();
    });
  };
}
