/**
 * Announces an accessory on the local network (HAP §6.4): `_hap._tcp` over multicast DNS, by `@homebridge/ciao`, which
 * probes for the name first and so needs about a second. On loopback only, unless interfaces are named.
 */
import ciao, { type CiaoService, type Responder } from '@homebridge/ciao';

/** What to announce, and where. */
export interface AdvertiseOptions {
  /** Name of the instance, for people; another gets a number behind it when somebody has it already. */
  readonly name: string;
  readonly port: number;
  /** The TXT record by its names on the wire, as `writeTxt` makes it. */
  readonly txt: Readonly<Record<string, string>>;
  /** Names or addresses of interfaces of this machine. */
  readonly interfaces?: readonly string[];
}

/** An accessory that is announced. */
export interface Advertisement {
  /** The name that it got. */
  name(): string;
  /**
   * Announces other fields: `sf` after pairing, `c#` after another configuration. They go out within 50 ms; in the first
   * seconds of an announcement, with its next repetition. After `close` nothing happens.
   */
  update(txt: Readonly<Record<string, string>>): void;
  /** Says goodbye, so that browsers forget it at once. May be called again. */
  close(): Promise<void>;
}

/** Which interface there always is, by address: its name differs from system to system. */
const LOOPBACK = '127.0.0.1';

/**
 * Probes, announces, and answers until it is closed.
 *
 * @throws Error of the library when no interface can be used, or no free name was found
 */
export async function advertise(options: AdvertiseOptions): Promise<Advertisement> {
  const interfaces = [...(options.interfaces ?? [LOOPBACK])];
  const responder: Responder = ciao.getResponder({ interface: interfaces });
  let name = options.name;
  let service: CiaoService;
  try {
    service = responder.createService({
      name,
      type: 'hap',
      port: options.port,
      txt: { ...options.txt },
      restrictedAddresses: interfaces,
    });
    service.on('name-change', (other) => {
      name = other;
    });
    await service.advertise();
  } catch (error) {
    await responder.shutdown();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    name: () => name,
    update(txt) {
      if (closing === undefined) service.updateTxt({ ...txt });
    },
    close() {
      closing ??= service.destroy().then(() => responder.shutdown());
      return closing;
    },
  };
}
