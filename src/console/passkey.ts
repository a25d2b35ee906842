/**
 * Passkeys, on the page that signs in and on one's own profile. A form with `data-passkey` carries the options
 * (`data-options`, JSON of WebAuthn Level 3 §5.1) and takes the answer in its field `answer`; it is then sent as any form is.
 * Browsers that know nothing of this never see the form.
 */

/** Options are good for five minutes: a page older than this asks for new ones. */
const FRESH_MS = 270_000;

const form = document.querySelector<HTMLFormElement>('form[data-passkey]');
if (form && 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential) offer(form);

function offer(form: HTMLFormElement): void {
  const creates = form.dataset['passkey'] === 'create';
  const options: unknown = JSON.parse(form.dataset['options'] ?? '{}');
  const waiting = new AbortController();
  form.hidden = false;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isOld()) return renew(form);
    waiting.abort();
    say(form, creates ? 'Waiting for your device…' : '');
    answered(creates ? create(options) : get({ publicKey: requestOf(options) }), form);
  });

  // Away for a while, nothing typed yet: the page is asked for again before anybody notices that it is old.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && isOld() && isUntouched()) renew(form);
  });

  if (document.querySelector('input[autocomplete~=webauthn]')) void suggest(form, options, waiting.signal);
}

/** Passkeys among what the browser offers in the field of the name, where it can. */
async function suggest(form: HTMLFormElement, options: unknown, signal: AbortSignal): Promise<void> {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.()) || signal.aborted) return;
  // Nobody asked for this: where it does not work, the button says so to who presses it.
  const suggested = get({ publicKey: requestOf(options), mediation: 'conditional', signal });
  suggested.then(
    (made) => send(made, form),
    () => undefined,
  );
}

function requestOf(options: unknown): PublicKeyCredentialRequestOptions {
  return PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
}

function get(options: CredentialRequestOptions): Promise<Credential | null> {
  return navigator.credentials.get(options);
}

function create(options: unknown): Promise<Credential | null> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return navigator.credentials.create({ publicKey });
}

/** Sends the answer, or says why there is none. */
function answered(credential: Promise<Credential | null>, form: HTMLFormElement): void {
  credential.then(
    (made) => send(made, form),
    (error: unknown) => {
      const name = error instanceof Error ? error.name : '';
      if (name !== 'AbortError') say(form, WORDS[name] ?? 'That did not work on this device. Please try again.');
    },
  );
}

function send(made: Credential | null, form: HTMLFormElement): void {
  const field = form.elements.namedItem('answer');
  if (!(made instanceof PublicKeyCredential) || !(field instanceof HTMLInputElement)) return;
  field.value = JSON.stringify(made.toJSON());
  form.submit();
}

/** Browsers tell pages no more than this, so that pages learn nothing of whoever says no. */
const WORDS: Readonly<Record<string, string>> = {
  NotAllowedError: 'Nothing happened: it was cancelled, or took too long.',
  InvalidStateError: 'This device has a passkey for this account already.',
  NotSupportedError: 'Passkeys of this hub do not work on this device.',
  SecurityError: 'The browser makes no passkeys at this address.',
};

function say(form: HTMLFormElement, words: string): void {
  const status = form.querySelector('[role=status]');
  if (status) status.textContent = words;
}

function isOld(): boolean {
  return performance.now() > FRESH_MS;
}

function isUntouched(): boolean {
  return [...document.querySelectorAll('input')].every(({ type, value }) => type === 'hidden' || value === '');
}

function renew(form: HTMLFormElement): void {
  location.assign(form.dataset['again'] ?? location.pathname);
}
