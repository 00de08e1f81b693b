/** Ways to print the findings of lint: for people, for programs, and as annotations of a GitHub workflow. */
export const LINT_FORMATS = ['text', 'json', 'github'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];
