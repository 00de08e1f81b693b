import { startRow, longListRow } from './client-rows.ts';
import { largeStateRow } from './large-state-row.ts';
import { submitRow, completeRow } from './master-rows.ts';
import { runRows } from './run-rows.ts';

const ROWS = {
  start: startRow,
  list: longListRow,
  submit: submitRow,
  complete: completeRow,
  large: largeStateRow,
};

void runRows(ROWS, process.argv.slice(2));
