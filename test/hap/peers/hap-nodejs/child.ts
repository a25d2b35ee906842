/**
 * A lamp by HAP-NodeJS. Arguments: accessory id, setup code, setup id, folder for its state. Prints a line of JSON when it
 * is announced, and a line for what happens to it. Says goodbye on SIGTERM.
 */
import { createRequire } from 'node:module';

// its declarations are const enums behind CommonJS: what is needed of it is few words
const hap = createRequire(import.meta.url)('@homebridge/hap-nodejs') as typeof import('@homebridge/hap-nodejs');
const [id = '', code = '', setupID = '', folder = ''] = process.argv.slice(2);
const LIGHTBULB = 5;

hap.HAPStorage.setCustomStoragePath(folder);
const lamp = new hap.Accessory('Peer lamp', hap.uuid.generate(id));
const bulb = lamp.addService(hap.Service.Lightbulb, 'Bulb');
bulb.addCharacteristic(hap.Characteristic.Brightness);
lamp.on('identify' as never, (...[paired, done]: [boolean, () => void]) => {
  console.log(paired ? 'identified by a controller' : 'identified');
  done();
});
bulb.getCharacteristic(hap.Characteristic.On).on('change' as never, (change: { newValue: unknown }) => {
  console.log(`on: ${change.newValue}`);
});
lamp.on('advertised' as never, () => console.log(`announced ${lamp.setupURI()}`));
await lamp.publish({
  username: id,
  pincode: code,
  category: LIGHTBULB,
  setupID,
  bind: 'lo',
  advertiser: 'ciao' as never,
});
process.once('SIGTERM', () => {
  void lamp.unpublish().then(() => process.exit(0));
});
