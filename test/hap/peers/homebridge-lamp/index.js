/** A lamp as a Homebridge plugin: it keeps what it was set to. */
export default (api) => {
  const { Service, Characteristic } = api.hap;
  class Lamp {
    constructor(log, config) {
      this.log = log;
      this.bulb = new Service.Lightbulb(config.name);
      this.bulb.addCharacteristic(Characteristic.Brightness);
      this.bulb.getCharacteristic(Characteristic.On).onSet((value) => log.info(`on: ${value}`));
    }
    identify() {
      this.log.info('identified');
    }
    getServices() {
      return [this.bulb];
    }
  }
  api.registerAccessory('homebridge-lamp', 'Lamp', Lamp);
};
