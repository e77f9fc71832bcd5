import { honestRuns } from './runs.ts';

honestRuns(2, 3);
