/**
 * HAP's common services and characteristics as data: short UUID, plain name, what kind of value, and the words a person
 * is shown. From the assigned types of the HAP specification (chapters 8 and 9); a test holds them against hap-nodejs.
 * A type that is not here still works, by its UUID.
 */

/** What a characteristic's values are, as far as a bound on them goes: a switch, a number, or nothing to bound. */
export type ValueKind = 'switch' | 'number' | 'other';

/** A characteristic, HAP chapter 9. */
export interface CharacteristicType {
  readonly name: string;
  readonly kind: ValueKind;
  /** `%`, `°C` …, behind a number. */
  readonly unit?: string;
  /** What a person calls it: `brightness`, `colour temperature`. */
  readonly noun: string;
}

/** Short UUID and plain name, separated by blanks. */
const SERVICES = `
  3E accessory-information; 40 fan; 41 garage-door-opener; 43 lightbulb; 44 lock-management; 45 lock-mechanism;
  47 outlet; 49 switch; 4A thermostat; 7E security-system; 7F carbon-monoxide-sensor; 80 contact-sensor; 81 door;
  82 humidity-sensor; 83 leak-sensor; 84 light-sensor; 85 motion-sensor; 86 occupancy-sensor; 87 smoke-sensor;
  89 stateless-programmable-switch; 8A temperature-sensor; 8B window; 8C window-covering; 8D air-quality-sensor;
  96 battery; 97 carbon-dioxide-sensor; A2 protocol-information; B7 fan-v2; B9 slats; BA filter-maintenance;
  BB air-purifier; BC heater-cooler; BD humidifier-dehumidifier; CC service-label; CF irrigation-system; D0 valve;
  D7 faucet; D8 television; D9 input-source; 110 camera-rtp-stream-management; 112 microphone; 113 television-speaker;
  121 doorbell; 122 target-control-management; 125 target-control; 127 audio-stream-management;
  129 data-stream-transport-management; 133 siri`;

/** Short UUID, plain name, kind, and where they help: `unit=`, and `noun=` to the end. The noun is else the name. */
const CHARACTERISTICS = `
  1 administrator-only-access switch; 5 audio-feedback switch; 8 brightness number unit=%;
  D cooling-threshold-temperature number unit=°C noun=temperature from which it cools;
  E current-door-state number noun=door's state; F current-heating-cooling-state number noun=heating and cooling state;
  10 current-relative-humidity number unit=% noun=humidity; 11 current-temperature number unit=°C noun=temperature;
  12 heating-threshold-temperature number unit=°C noun=temperature below which it heats; 13 hue number unit=°;
  14 identify switch noun=identifying signal; 19 lock-control-point other;
  1A lock-management-auto-security-timeout number unit=s noun=time until it locks by itself;
  1C lock-last-known-action number noun=lock's last action; 1D lock-current-state number noun=lock's state;
  1E lock-target-state number noun=lock; 1F logs other; 20 manufacturer other; 21 model other;
  22 motion-detected switch; 23 name other; 24 obstruction-detected switch; 25 on switch; 26 outlet-in-use switch;
  28 rotation-direction number; 29 rotation-speed number unit=% noun=speed; 2F saturation number unit=%;
  30 serial-number other; 32 target-door-state number noun=door; 33 target-heating-cooling-state number noun=heating mode;
  34 target-relative-humidity number unit=% noun=humidity it aims for;
  35 target-temperature number unit=°C noun=temperature it aims for; 36 temperature-display-units number; 37 version other;
  4C pair-setup other; 4E pair-verify other; 4F pairing-features number; 50 pairings other;
  52 firmware-revision other; 53 hardware-revision other; 64 air-particulate-density number unit=µg/m³;
  65 air-particulate-size number; 66 security-system-current-state number noun=alarm's state;
  67 security-system-target-state number noun=alarm; 68 battery-level number unit=%; 69 carbon-monoxide-detected number;
  6A contact-sensor-state number noun=contact; 6B current-ambient-light-level number unit=lx noun=ambient light;
  6C current-horizontal-tilt-angle number unit=° noun=horizontal tilt; 6D current-position number unit=% noun=position;
  6E current-vertical-tilt-angle number unit=° noun=vertical tilt; 6F hold-position switch; 70 leak-detected number;
  71 occupancy-detected number; 72 position-state number; 73 programmable-switch-event number noun=button;
  75 status-active switch; 76 smoke-detected number; 77 status-fault number; 78 status-jammed number;
  79 status-low-battery number; 7A status-tampered number;
  7B target-horizontal-tilt-angle number unit=° noun=horizontal tilt it aims for;
  7C target-position number unit=% noun=position it aims for;
  7D target-vertical-tilt-angle number unit=° noun=vertical tilt it aims for; 8E security-system-alarm-type number;
  8F charging-state number; 90 carbon-monoxide-level number unit=ppm; 91 carbon-monoxide-peak-level number unit=ppm;
  92 carbon-dioxide-detected number; 93 carbon-dioxide-level number unit=ppm;
  94 carbon-dioxide-peak-level number unit=ppm; 95 air-quality number; A6 accessory-flags number;
  A7 lock-physical-controls number; A8 target-air-purifier-state number; A9 current-air-purifier-state number;
  AA current-slat-state number; AB filter-life-level number unit=%; AC filter-change-indication number;
  AD reset-filter-indication number; AF current-fan-state number; B0 active number;
  B1 current-heater-cooler-state number; B2 target-heater-cooler-state number;
  B3 current-humidifier-dehumidifier-state number; B4 target-humidifier-dehumidifier-state number;
  B5 water-level number unit=%; B6 swing-mode number; BF target-fan-state number; C0 slat-type number;
  C1 current-tilt-angle number unit=°; C2 target-tilt-angle number unit=°; C3 ozone-density number unit=µg/m³;
  C4 nitrogen-dioxide-density number unit=µg/m³; C5 sulphur-dioxide-density number unit=µg/m³;
  C6 pm2.5-density number unit=µg/m³; C7 pm10-density number unit=µg/m³; C8 voc-density number unit=µg/m³;
  C9 relative-humidity-dehumidifier-threshold number unit=%; CA relative-humidity-humidifier-threshold number unit=%;
  CB service-label-index number; CD service-label-namespace number;
  CE color-temperature number unit=mired noun=colour temperature; D1 program-mode number; D2 in-use number;
  D3 set-duration number unit=s; D4 remaining-duration number unit=s; D5 valve-type number; D6 is-configured number;
  119 volume number unit=%; 11A mute switch; 11B night-vision switch; 11C optical-zoom number;
  11D digital-zoom number; 11E image-rotation number unit=°; 11F image-mirroring switch`;

function rows(table: string): string[] {
  return table.split(';').map((row) => row.trim());
}

/** Services by short UUID (upper-case hexadecimal, no leading zeros). */
export const SERVICE_TYPES: ReadonlyMap<string, string> = new Map(
  rows(SERVICES).map((row) => row.split(' ') as [string, string]),
);

/** Characteristics by short UUID. */
export const CHARACTERISTIC_TYPES: ReadonlyMap<string, CharacteristicType> = new Map(
  rows(CHARACTERISTICS).map((row): [string, CharacteristicType] => {
    const [uuid = '', name = '', kind = 'other'] = row.split(' ');
    const unit = / unit=(\S+)/.exec(row)?.[1];
    const noun = / noun=(.+)$/.exec(row)?.[1] ?? name.replaceAll('-', ' ');
    return [uuid, { name, kind: kind as ValueKind, noun, ...(unit !== undefined && { unit }) }];
  }),
);

const SERVICE_NAMES = new Map([...SERVICE_TYPES].map(([uuid, name]) => [name, uuid]));
const CHARACTERISTIC_NAMES = new Map([...CHARACTERISTIC_TYPES].map(([uuid, { name }]) => [name, uuid]));

/** HAP §6.6.1: short forms stand for UUIDs on this base. */
const BASE = '-0000-1000-8000-0026BB765291';
const SHORT = /^[0-9A-F]{1,8}$/;
const LONG = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

/**
 * The one spelling of a service type: a short UUID without leading zeros, or a vendor's UUID in upper case. Takes a plain
 * name, a short or a full UUID; undefined for what is none of these.
 */
export function serviceType(text: string): string | undefined {
  return SERVICE_TYPES.has(text) ? text : (SERVICE_NAMES.get(text) ?? uuidOf(text));
}

/** The same of a characteristic's type. */
export function characteristicType(text: string): string | undefined {
  return CHARACTERISTIC_TYPES.has(text) ? text : (CHARACTERISTIC_NAMES.get(text) ?? uuidOf(text));
}

function uuidOf(text: string): string | undefined {
  if (text.length > 36) return undefined;
  const upper = text.toUpperCase();
  const short = LONG.test(upper) && upper.endsWith(BASE) ? upper.slice(0, 8) : upper;
  if (SHORT.test(short)) return short.replace(/^0+(?=.)/, '');
  return LONG.test(short) ? short : undefined;
}

/** The plain name of a service type as `serviceType` spells it; the UUID where it has none. */
export function serviceName(type: string): string {
  return SERVICE_TYPES.get(type) ?? type;
}

/** The plain name of a characteristic type as `characteristicType` spells it; the UUID where it has none. */
export function characteristicName(type: string): string {
  return CHARACTERISTIC_TYPES.get(type)?.name ?? type;
}
