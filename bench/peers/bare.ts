/**
 * The yardstick: `node:http` that reads the body and answers what it was given on its command line, for any request.
 *
 *   node bare.ts STATUS HEADERS-AS-JSON BODY
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { servePeer } from './child.ts';

const [status = '200', headers = '[]', body = ''] = process.argv.slice(2);
const fields: readonly string[] = JSON.parse(headers);

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    // Read as a server that wants to know what it says would: as text.
    if (Buffer.concat(chunks).toString() === '') throw new Error('expected a body, got none');
    res.writeHead(Number(status), fields as string[]);
    res.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  servePeer({ port, mint: async (count) => Array.from({ length: count }, () => `hap5.1-authcode:${'x'.repeat(29)}`) });
});
