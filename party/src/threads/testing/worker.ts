/** The program of a thread for tests: quick, with parameters of no security. */
import { testParameters } from '../../protocol/signing/cggmp24/testing/parameters.ts';
import { serve } from '../serve.ts';

serve({ 112: testParameters, 128: testParameters });
