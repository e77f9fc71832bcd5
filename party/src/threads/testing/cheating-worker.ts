/** The program of a thread whose proofs answer other challenges than those that everybody else asks. */
import { testParameters } from '../../protocol/signing/cggmp24/testing/parameters.ts';
import { serve } from '../serve.ts';

const wrong = { ...testParameters, challengeBits: testParameters.challengeBits - 1 };

serve({ 112: wrong, 128: wrong });
