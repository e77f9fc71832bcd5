/** Views of the API server through a proxy that changes what one party is shown. */
import type { HttpRequest, HttpResponse, Transport } from '@mpc-operator/runtime/transport';

/** Changes the text of every answer. */
export function rewriting(api: Transport, rewrite: (text: string) => string): Transport {
  return through(api, rewrite, chunk => Buffer.from(rewrite(Buffer.from(chunk).toString())));
}

/** Hides the objects of this name from watches. A direct request for such an object is answered. */
export function unwatched(api: Transport, name: string): Transport {
  const hide = (chunk: Uint8Array): Uint8Array => {
    const lines = Buffer.from(chunk).toString().split('\n');
    return Buffer.from(lines.filter(line => !line.includes(`"name":"${name}"`)).join('\n'));
  };
  return through(api, text => text, hide);
}

/** Holds back the party's writes to statuses until the gate opens. */
export function holding(api: Transport, gate: Promise<void>): Transport {
  return {
    host: api.host,
    exchange: async (request, timeout) => {
      if (request.method === 'PATCH') await gate;
      return await api.exchange(request, timeout);
    },
    stream: (request, silence) => api.stream(request, silence),
    close: () => api.close(),
  };
}

function through(
  api: Transport,
  answer: (text: string) => string,
  chunk: (bytes: Uint8Array) => Uint8Array,
): Transport {
  return {
    host: api.host,
    exchange: async (request: HttpRequest, timeout: number): Promise<HttpResponse> => {
      const response = await api.exchange(request, timeout);
      return { ...response, text: answer(response.text) };
    },
    stream: async (request: HttpRequest, silence: number) => {
      const body = await api.stream(request, silence);
      return 'status' in body ? body : changed(body, chunk);
    },
    close: () => api.close(),
  };
}

async function* changed(body: AsyncIterable<Uint8Array>, change: (bytes: Uint8Array) => Uint8Array) {
  for await (const bytes of body) yield change(bytes);
}
