import { honestRuns } from './ecdsa-runs.ts';

honestRuns(2, 3);
