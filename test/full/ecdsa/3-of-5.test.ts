import { honestRuns } from './runs.ts';

honestRuns(3, 5);
