/** A merchant, its keys and its attempts as whoever runs the hub meets them in the console. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { words } from '../support/app-owner.ts';
import { ATTEMPT, HOUR, type PaymentsHub, startPaymentsHub } from '../support/payments.ts';
import { PASSWORD, signedIn, type Visitor } from '../support/visitor.ts';

let hub: PaymentsHub;
let ada: Visitor;
let grant: string;

beforeEach(async () => {
  hub = await startPaymentsHub();
  await hub.hub.operations.addUser('ada', PASSWORD);
  ada = await signedIn(hub.url);
  const [merchant] = await hub.hub.operations.paymentsListMerchants();
  grant = merchant?.grant ?? '';
});
afterEach(async () => {
  await hub.close();
  expect(hub.faults).toEqual([]);
});

const read = async (path: string): Promise<string> => words(await ada.get(path));

/** Sends an attempt that is declined, asks again, and answers the references of both verdicts. */
async function declinedTwice(): Promise<{ readonly accepted: string; readonly refused: string }> {
  const { body: sent } = await hub.call('POST', '/payments/attempts', { ...ATTEMPT, purchase: 'order-1001' });
  const outcome = { outcome: 'declined', response: { code: '51' } };
  await hub.call('PUT', `/payments/outcomes/${sent.attempt}`, outcome);
  const { body: asked } = await hub.call('POST', '/payments/attempts', { ...ATTEMPT, purchase: 'order-1001' });
  const path = (url: string): string => new URL(url).pathname;
  return { accepted: path(sent.verdict), refused: path(asked.instance) };
}

describe('a merchant’s grant', () => {
  it('is of a merchant with keys, not of an app with codes', async () => {
    await hub.hub.operations.paymentsAddKey('acme', null);
    const [list, page, ask] = await Promise.all(
      ['/grants', `/grants/${grant}`, `/grants/${grant}?ask=revoke`].map((path) => read(path)),
    );
    expect(list).toMatch(/May Ask the gate whether a declined card may be tried again .*Let in .*In use 2 live keys/);
    expect(page).toMatch(/Merchant merchant:acme May Ask the gate/);
    expect(page).toMatch(/Payments key cd_\w+… handed out \(now good until it is revoked\)/);
    expect(ask).toMatch(/2 live keys die at once\. The gate answers the merchant with 401 from then on/);
    for (const text of [list, page, ask]) {
      expect(text).not.toMatch(/redeemed|not registered|nothing by name|36500 d|2126|tokens|the app has to|on devices/);
    }
  });

  it('has its keys beside each other, and says of those that died with it that they did', async () => {
    await hub.hub.operations.paymentsAddKey('acme', null);
    const before = await read(`/grants/${grant}`);
    expect(before).toMatch(/Let in by operator : until revoked (?:Payments key cd_\w+ : until revoked ){2}/);
    await hub.hub.operations.revoke(grant);
    const ended = await read(`/grants/${grant}`);
    expect(ended.match(/handed out \(now revoked\)/g)).toHaveLength(2);
    expect(ended).not.toContain('good until');
  });

  it('shows the settings in force, and its life and the diary say that they were changed', async () => {
    await hub.hub.operations.paymentsEditMerchant('acme', { holdHours: 24 });
    await hub.hub.operations.paymentsRotateKey(false);
    expect(await read('/grants')).toContain('After a decline for funds wait 24 hours');
    const page = await read(`/grants/${grant}`);
    expect(page).toContain('After a decline for funds wait 24 hours');
    expect(page).toContain('operator changed the settings');
    const [listed] = await hub.hub.operations.grants({ profile: 'payments' });
    const life = await hub.hub.operations.timeline(grant);
    expect([listed, life.grant].map((one) => one?.terms['hold_hours'])).toEqual([24, 24]);
    const diary = await read('/audit');
    expect(diary).toContain('operator changed the settings of merchant:acme');
    expect(diary).toContain('operator made a new key for fingerprints of cards, k2');
    expect(diary).toContain('operator let in merchant:acme');
  });
});

describe('the list of grants', () => {
  it('can be narrowed to a merchant, and to one that was revoked', async () => {
    await hub.hub.operations.revoke(grant);
    const list = await ada.get('/grants?client=merchant:acme&state=any');
    expect(list.html).toContain('<option value="merchant:acme" selected>merchant:acme</option>');
    expect(words(list)).toMatch(/merchant:acme ✗ Revoked/);
    expect((await ada.get('/grants')).html).toContain('<option value="merchant:acme" >merchant:acme</option>');
  });
});

describe('a verdict on an attempt', () => {
  it('says which attempt was judged, and of the card its fingerprint alone', async () => {
    const { accepted, refused } = await declinedTwice();
    for (const path of [accepted, refused]) {
      const text = await read(path);
      expect(text).toMatch(/Amount EUR 19\.99 Purchase order-1001 Initiated by cardholder Network visa/);
      expect(text).toMatch(/Processor iso8583 Region not said Card pf_\w/);
      expect(text).not.toMatch(/4111|1111/);
    }
    expect(await read(accepted)).toContain('No rule is closed: this attempt may be sent');
    expect(await read(accepted)).toContain('Last answer none at this merchant');
    expect(await read(refused)).toContain('Last answer declined with 51, at 2026-11-21T12:00:00.000Z');
  });

  it('names the merchant and the customer, who heard what, and what counting means', async () => {
    const { refused } = await declinedTwice();
    const { html } = await ada.get(refused);
    const text = await read(refused);
    expect(text).toContain(
      'The merchant heard Every rule that is closed, until when, what to do, and what to tell the customer',
    );
    expect(text).toMatch(/The merchant · payments\.hold-after-51/);
    expect(text).toMatch(/The customer · payments\.hold-after-51/);
    expect(text).toContain('Refused 1 time within 30 days, which makes no wait longer.');
    expect(text).not.toMatch(/the app|account owner|Counted as failure/i);
    // Two times are not one mistyped.
    expect(html).not.toContain('<mark>');
    expect(text).toMatch(/1 of \d+ checks failed/);
  });

  it('of which nothing can wait is not compared with a time', async () => {
    const { body: sent } = await hub.call('POST', '/payments/attempts', ATTEMPT);
    const outcome = { outcome: 'declined', response: { code: 'ZQ' } };
    await hub.call('PUT', `/payments/outcomes/${sent.attempt}`, outcome);
    hub.clock.move(HOUR);
    const { body } = await hub.call('POST', '/payments/attempts', ATTEMPT);
    const text = await read(new URL(body.instance).pathname);
    expect(text).toMatch(/expected a new fact of the card: waiting alone never opens it presented none that opens it/);
  });
});

describe('the list of refusals', () => {
  it('offers merchants beside apps, and keeps the count of a cause that has a long name', async () => {
    await declinedTwice();
    const { html } = await ada.get('/');
    expect(html).toContain('<option value="merchant:acme" >merchant:acme</option>');
    expect(html).toMatch(
      /<option value="funds" >The last answer was a decline for funds, and the waiting[^<(]*… \(1\)</,
    );
    expect(html).not.toContain('more)');
    expect(await read('/?app=merchant:acme')).toContain('The last answer was a decline for funds');
  });
});
