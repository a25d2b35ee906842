/** What `discover.ts` uses of the package `multicast-dns`, which brings no types. */
declare module 'multicast-dns' {
  import type { RemoteInfo } from 'node:dgram';
  import type { EventEmitter } from 'node:events';

  export interface Packet {
    readonly answers?: readonly unknown[];
    readonly additionals?: readonly unknown[];
  }
  export interface Question {
    readonly name: string;
    readonly type: string;
  }
  export interface Answer extends Question {
    readonly ttl: number;
    readonly data: string;
  }
  export interface MulticastDns extends EventEmitter {
    on(event: 'response', listener: (packet: Packet, from: RemoteInfo) => void): this;
    on(event: 'ready', listener: () => void): this;
    on(event: 'error' | 'warning', listener: (error: Error) => void): this;
    query(query: { questions: Question[]; answers?: Answer[] }, sent?: (error?: Error | null) => void): void;
    destroy(): void;
  }
  export default function multicastDns(options: { interface: string; bind: string }): MulticastDns;
}
