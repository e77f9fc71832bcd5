import { byzantineRuns } from './ecdsa-runs.ts';

byzantineRuns();
