/** The check digit of ISO/IEC 7812-1, annex B. */

/** Does the check digit of `digits[from..to)` hold? Each entry is 0 to 9. */
export function luhn(digits: ArrayLike<number>, from: number, to: number): boolean {
  let sum = 0;
  for (let i = to - 1, twice = false; i >= from; i -= 1, twice = !twice) {
    const digit = digits[i] as number;
    sum += twice ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}
