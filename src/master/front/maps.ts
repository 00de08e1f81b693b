import type { WireMap } from '../../rpc/services.ts';
import type { StageView, TaskDetailView, TaskView } from '../service/interfaces.ts';

/** How the wire writes a time that there is none of: three spaces and a dash. */
const NO_TIME = '   -';

/** `yyyy-MM-dd HH:mm:ss` in this process's zone. @param time milliseconds since 1970 */
function formatTime(time: number | null): string {
  if (time === null) return NO_TIME;
  const date = new Date(time);
  const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function runtime(startTime: number | null, completeTime: number | null): string {
  if (startTime === null || completeTime === null) return '';
  return String(Math.max(0, Math.floor((completeTime - startTime) / 1000)));
}

/** The map of `listAllTask`, its keys in the order of the Java master. */
export function taskMap(task: TaskView): WireMap {
  return {
    start_time: formatTime(task.startTime),
    task_status: task.status,
    submit_time: formatTime(task.submitTime),
    complete_time: formatTime(task.completeTime),
    plan_name: task.name,
    task_runtime: runtime(task.startTime, task.completeTime),
    ...taskAdditions(task),
  };
}

/** What older clients ignore. */
function taskAdditions(task: TaskView): WireMap {
  return {
    ...(task.submittedHere ? { submitted_here: '1' } : {}),
    plan: task.planName,
    ...(task.failure === null ? {} : { task_failure: task.failure }),
    ...instant('submit_at', task.submitTime),
    ...instant('start_at', task.startTime),
    ...instant('complete_at', task.completeTime),
  };
}

function instant(key: string, time: number | null): WireMap {
  return time === null ? {} : { [key]: new Date(time).toISOString() };
}

/** The map of `getTaskInfo`. */
export function taskDetailMap(task: TaskDetailView): WireMap {
  return {
    task_stage_num: String(task.stageIds.length),
    start_time: formatTime(task.startTime),
    task_status: task.status,
    task_stage_list: task.stageIds.join(','),
    submit_time: formatTime(task.submitTime),
    complete_time: formatTime(task.completeTime),
    plan_name: task.name,
    task_runtime: runtime(task.startTime, task.completeTime),
    ...taskAdditions(task),
  };
}

/** The map of `getStageInfo`; what follows the platform is what older clients ignore. */
export function stageMap(stage: StageView): WireMap {
  return {
    start_time: formatTime(stage.startTime),
    complete_time: formatTime(stage.completeTime),
    stage_id: stage.id,
    children_list: stage.children.join(','),
    retry_count: String(stage.retryCount),
    job_info: stage.jobInfo,
    stage_runtime: runtime(stage.startTime, stage.completeTime),
    parent_list: stage.parents.join(','),
    platform: stage.platform,
    stage_status: stage.status,
    stage_name: stage.name,
    task_name: stage.taskName,
    attempt: String(stage.attempt),
    ...(stage.failure === null ? {} : { stage_failure: stage.failure }),
    ...(stage.log === null ? {} : { stage_log: stage.log }),
    ...(stage.waitsFor === null ? {} : { stage_waits: stage.waitsFor }),
    ...instant('start_at', stage.startTime),
    ...instant('complete_at', stage.completeTime),
  };
}
