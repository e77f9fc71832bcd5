/** The program of a thread with parameters of no security, and quick. */
import { testParameters } from '../../protocol/signing/cggmp24/testing/parameters.ts';
import { serve } from '../serve.ts';

serve({ 112: testParameters, 128: testParameters });
