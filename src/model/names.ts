/**
 * Names that become names of Kubernetes objects.
 *
 * A stage's id, `<plan>-<8 letters>-<template>-<n>`, names a Job, whose pods carry it as a label: an RFC 1123
 * label of at most 63 characters.
 */
const KUBERNETES_NAME_MAX = 63;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** The master adds `-` and this many random lower-case letters to a plan's name. */
export const TASK_SUFFIX_LENGTH = 8;

/** True for an RFC 1123 label: lower-case letters, digits and inner dashes, at most 63 of them. */
export function isKubernetesName(name: string): boolean {
  return name.length <= KUBERNETES_NAME_MAX && LABEL.test(name);
}

/** The longest plan name whose tasks can still be named. Stage ids may allow less: see `stageId`. */
export const PLAN_NAME_MAX = KUBERNETES_NAME_MAX - TASK_SUFFIX_LENGTH - 1;

/** Why `name` can't name a plan, or null when it can. Expects lower case. */
export function planNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.includes('_')) return "it contains '_', which a Kubernetes name can't";
  if (name.length > PLAN_NAME_MAX)
    return `it has ${name.length} characters; at most ${PLAN_NAME_MAX} fit a Kubernetes name`;
  if (!LABEL.test(name))
    return "a Kubernetes name has only a-z, 0-9 and '-', and begins and ends with a letter or digit";
  return null;
}

/** The id of a task's n-th stage (n from 1): `<task>-<template>-<n>`. */
export function stageId(taskName: string, template: string, n: number): string {
  return `${taskName}-${template}-${n}`;
}

/** Longer ones fit no table, and no Kubernetes label. */
const STAGE_NAME_MAX = 128;

/**
 * Why `name` can't be a stage's name within its plan, or null when it can: `<task>/<name>` must be one word that says
 * which stage is meant, wherever it is shown or typed.
 */
export function stageNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > STAGE_NAME_MAX) return `it has more than ${STAGE_NAME_MAX} characters`;
  if (name.includes('/')) return "it contains '/'";
  return /[\s\p{Cc}\p{Cf}\p{Cs}]/u.test(name) ? 'it contains a blank or an invisible character' : null;
}

/** The platform of a template: what stands before its first dash. */
export function platformOf(template: string): string {
  const dash = template.indexOf('-');
  return dash === -1 ? template : template.slice(0, dash);
}

/** True when `taskName` is a name that a master gives a task of the plan `planName`. */
export function isTaskOfPlan(taskName: string, planName: string): boolean {
  return (
    taskName.length === planName.length + 1 + TASK_SUFFIX_LENGTH &&
    taskName.startsWith(`${planName}-`) &&
    /^[a-z]+$/.test(taskName.slice(planName.length + 1))
  );
}

/** The names that the task of a stage of this id can have: a plan's name and a template may hold what looks like a suffix. */
export function possibleTaskNames(id: string): string[] {
  return [...id.matchAll(/-[a-z]{8}(?=-)/g)].map(({ index }) => id.slice(0, index + 1 + TASK_SUFFIX_LENGTH));
}
