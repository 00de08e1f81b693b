/** The fields of JSON, JSON lines and YAML. A test holds it together with what is printed. */
export const JSON_HELP = `-o json prints one document, -o jsonl a line for each record, -o yaml the document as YAML.
Each document and each line has schemaVersion: 1. It goes up when a field changes its meaning; new fields may come at any time.
Times are ISO 8601 in the master's zone (2026-11-23T06:24:07), or null. Runtimes are whole seconds, or null.

clic submit           { schemaVersion, submission: { planName, taskName, planDagPath } }
                      with --wait also task: task with stageCount, stageIds, as it ended, or null; json and yaml alone,
                      printed at the end, when the name of the task stands on stderr already
clic list             { schemaVersion, tasks: [task] }
clic task             { schemaVersion, task: task with stageCount, stageIds }
clic stages           { schemaVersion, stages: [stage] }
clic stage            { schemaVersion, stage: stage }
clic result           { schemaVersion, stageId, path, lines: [text] }; a jsonl line is { schemaVersion, stageId, line }
clic suspend|continue { schemaVersion, stageId, suspended }
clic wait             { schemaVersion, task: task with stageCount, stageIds }, as it ended
clic watch            { schemaVersion, changes: [change] }; a jsonl line is a change, as soon as it is seen
clic lint             { schemaVersion, diagnostics: [diagnostic] }
clic config           { schemaVersion, file, options: [option], unknown: [option] }
clic version          { schemaVersion, version }

task    name, submitTime, startTime, completeTime, status, runtimeSeconds
        status: NEW, RUNNING, COMPLETED, FAILED
stage   id, platform, status, statusSource, startTime, completeTime, runtimeSeconds, retryCount,
        failure (why its last attempt failed, or null), parents: [id], children: [id], jobInfo
        status: WAITING, RUNNING, PREPARED, COMPLETED, FAILED, SUSPEND
        statusSource: master, or times where the master does not tell the status and it is derived from the times
change  time (of this machine, UTC), kind (task or stage), id, status, previousStatus, retryCount, runtimeSeconds,
        failure (why the last attempt of the stage failed, or null)
diagnostic  severity (error or warning), rule, message, file, line, column, hint (where there is one)
option  name, value, source

A command that fails prints one line on stderr, its last: { error: { code, message, hint } }, hint being null where there is none.
The codes are those of \`clic help exit-codes\`.
`;
