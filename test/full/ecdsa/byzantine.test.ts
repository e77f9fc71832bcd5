import { byzantineRuns } from './runs.ts';

byzantineRuns();
