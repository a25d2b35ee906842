/** A native app's own little server (RFC 8252 §7.3): takes the redirect on whichever loopback port is free. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The listening app. */
export interface LoopbackApp {
  /** `http://127.0.0.1:<port>/cb` */
  readonly redirectUri: string;
  /** The address that the browser came back to. */
  readonly arrived: Promise<URL>;
  close(): void;
}

/** Starts it. */
export async function loopbackApp(): Promise<LoopbackApp> {
  const { promise: arrived, resolve } = Promise.withResolvers<URL>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', redirectUri);
    if (url.pathname === '/cb') resolve(url);
    response.writeHead(url.pathname === '/cb' ? 200 : 404, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>app</title><h1>You can close this window</h1>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb`;
  return { redirectUri, arrived, close: () => server.close() };
}
