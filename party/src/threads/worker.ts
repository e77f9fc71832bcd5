/** The program of a thread that computes. */
import { cggmpParameters } from '../protocol/signing/cggmp24/parameters.ts';
import { serve } from './serve.ts';

serve(cggmpParameters);
