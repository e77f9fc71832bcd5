/** The program of a thread that cheats: its proofs answer other challenges than those of all other parties. */
import { testParameters } from '../../protocol/signing/cggmp24/testing/parameters.ts';
import { serve } from '../serve.ts';

const wrong = { ...testParameters, challengeBits: testParameters.challengeBits - 1 };

serve({ 112: wrong, 128: wrong });
