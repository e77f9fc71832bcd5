import { honestRuns } from './ecdsa-runs.ts';

honestRuns(3, 5);
