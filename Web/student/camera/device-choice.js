// The choice between several cameras.

import { el, setHidden } from '../../shared/dom.js';
import { t } from '../../shared/text.js';

export class DeviceChoice {
  /** field: hidden while there is nothing to choose. isWanted() tells whether somebody may want to choose now. */
  constructor(camera, field, select, isWanted) {
    Object.assign(this, { camera, field, select, isWanted });
    select.addEventListener('change', () => camera.start(select.value));
    camera.addEventListener('devices', () => this.show());
  }

  async show() {
    // A list that is shown is kept up to date, wanted or not.
    if (this.camera.state !== 'live' || (this.field.hidden && !this.isWanted())) return;
    const devices = await this.camera.devices();
    setHidden(this.field, devices.length < 2);
    if (devices.length < 2) return;
    const current = this.camera.track?.getSettings().deviceId;
    this.select.replaceChildren(...devices.map((device, index) =>
      el('option', { value: device.deviceId, selected: device.deviceId === current }, device.label || t('student.check.deviceName', { number: index + 1 }))));
  }
}
