/** The fresh link: a button that copies it, where the browser lets it; otherwise the link stays there to be selected. */

const FAILED = "Can't copy the link right now. Try again later.";

const link = document.querySelector<HTMLInputElement>('[data-link]');
const button = document.querySelector<HTMLButtonElement>('[data-copy]');
const said = document.querySelector<HTMLElement>('[data-said]');

if (link && button && said) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    // Emptied first, so that the same words are read out again.
    said.textContent = '';
    const copied = await copy(link.value);
    said.textContent = copied ? 'Copied.' : FAILED;
    if (copied) return;
    link.focus();
    link.select();
  });
}

/** False where the browser has no clipboard for us: it was denied, or the page is not a secure context. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
