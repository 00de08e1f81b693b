/** What `clic help` can tell about besides the commands. */
export const TOPICS = ['exit-codes', 'config', 'json'] as const;
