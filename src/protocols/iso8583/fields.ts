/**
 * The fields of ISO 8583:1987, as far as responses carry them. Field 1 and 65 are bitmaps; 105 to 127 have no length of their
 * own in the standard that processors keep to, so a message with one of them is read up to it.
 */

/** How long a field is: fixed, or with two or three digits of length in front. */
export type Format = 'F' | 'LL' | 'LLL';
/** Digits; a sign and digits; letters, digits and others; track data; bytes. */
export type Kind = 'n' | 'x' | 'ans' | 'z' | 'b';

/** One field. `length` is the fixed or the longest length, in characters, or in bytes for `b`. */
export interface Field {
  readonly number: number;
  readonly format: Format;
  readonly kind: Kind;
  readonly length: number;
  readonly name: string;
}

const ROWS: readonly (readonly [number, Format, Kind, number, string])[] = [
  [2, 'LL', 'n', 19, 'primary account number'],
  [3, 'F', 'n', 6, 'processing code'],
  [4, 'F', 'n', 12, 'amount, transaction'],
  [5, 'F', 'n', 12, 'amount, settlement'],
  [6, 'F', 'n', 12, 'amount, cardholder billing'],
  [7, 'F', 'n', 10, 'transmission date and time'],
  [8, 'F', 'n', 8, 'amount, cardholder billing fee'],
  [9, 'F', 'n', 8, 'conversion rate, settlement'],
  [10, 'F', 'n', 8, 'conversion rate, cardholder billing'],
  [11, 'F', 'n', 6, 'system trace audit number'],
  [12, 'F', 'n', 6, 'time, local transaction'],
  [13, 'F', 'n', 4, 'date, local transaction'],
  [14, 'F', 'n', 4, 'date, expiration'],
  [15, 'F', 'n', 4, 'date, settlement'],
  [16, 'F', 'n', 4, 'date, conversion'],
  [17, 'F', 'n', 4, 'date, capture'],
  [18, 'F', 'n', 4, "merchant's type"],
  [19, 'F', 'n', 3, 'acquiring institution country code'],
  [20, 'F', 'n', 3, 'primary account number country code'],
  [21, 'F', 'n', 3, 'forwarding institution country code'],
  [22, 'F', 'n', 3, 'point of service entry mode'],
  [23, 'F', 'n', 3, 'card sequence number'],
  [24, 'F', 'n', 3, 'network international identifier'],
  [25, 'F', 'n', 2, 'point of service condition code'],
  [26, 'F', 'n', 2, 'point of service PIN capture code'],
  [27, 'F', 'n', 1, 'authorization identification response length'],
  [28, 'F', 'x', 9, 'amount, transaction fee'],
  [29, 'F', 'x', 9, 'amount, settlement fee'],
  [30, 'F', 'x', 9, 'amount, transaction processing fee'],
  [31, 'F', 'x', 9, 'amount, settlement processing fee'],
  [32, 'LL', 'n', 11, 'acquiring institution identification code'],
  [33, 'LL', 'n', 11, 'forwarding institution identification code'],
  [34, 'LL', 'ans', 28, 'primary account number, extended'],
  [35, 'LL', 'z', 37, 'track 2 data'],
  [36, 'LLL', 'z', 104, 'track 3 data'],
  [37, 'F', 'ans', 12, 'retrieval reference number'],
  [38, 'F', 'ans', 6, 'authorization identification response'],
  [39, 'F', 'ans', 2, 'response code'],
  [40, 'F', 'ans', 3, 'service restriction code'],
  [41, 'F', 'ans', 8, 'card acceptor terminal identification'],
  [42, 'F', 'ans', 15, 'card acceptor identification code'],
  [43, 'F', 'ans', 40, 'card acceptor name and location'],
  [44, 'LL', 'ans', 25, 'additional response data'],
  [45, 'LL', 'ans', 76, 'track 1 data'],
  [46, 'LLL', 'ans', 999, 'additional data, ISO'],
  [47, 'LLL', 'ans', 999, 'additional data, national'],
  [48, 'LLL', 'ans', 999, 'additional data, private'],
  [49, 'F', 'ans', 3, 'currency code, transaction'],
  [50, 'F', 'ans', 3, 'currency code, settlement'],
  [51, 'F', 'ans', 3, 'currency code, cardholder billing'],
  [52, 'F', 'b', 8, 'personal identification number data'],
  [53, 'F', 'n', 16, 'security related control information'],
  [54, 'LLL', 'ans', 120, 'additional amounts'],
  [55, 'LLL', 'b', 999, 'integrated circuit card data'],
  [56, 'LLL', 'ans', 999, 'reserved, ISO'],
  [57, 'LLL', 'ans', 999, 'reserved, national'],
  [58, 'LLL', 'ans', 999, 'reserved, national'],
  [59, 'LLL', 'ans', 999, 'reserved, national'],
  [60, 'LLL', 'ans', 999, 'reserved, private'],
  [61, 'LLL', 'ans', 999, 'reserved, private'],
  [62, 'LLL', 'ans', 999, 'reserved, private'],
  [63, 'LLL', 'ans', 999, 'reserved, private'],
  [64, 'F', 'b', 8, 'message authentication code'],
  [66, 'F', 'n', 1, 'settlement code'],
  [67, 'F', 'n', 2, 'extended payment code'],
  [68, 'F', 'n', 3, 'receiving institution country code'],
  [69, 'F', 'n', 3, 'settlement institution country code'],
  [70, 'F', 'n', 3, 'network management information code'],
  [71, 'F', 'n', 4, 'message number'],
  [72, 'F', 'n', 4, 'message number, last'],
  [73, 'F', 'n', 6, 'date, action'],
  [74, 'F', 'n', 10, 'credits, number'],
  [75, 'F', 'n', 10, 'credits, reversal number'],
  [76, 'F', 'n', 10, 'debits, number'],
  [77, 'F', 'n', 10, 'debits, reversal number'],
  [78, 'F', 'n', 10, 'transfer, number'],
  [79, 'F', 'n', 10, 'transfer, reversal number'],
  [80, 'F', 'n', 10, 'inquiries, number'],
  [81, 'F', 'n', 10, 'authorizations, number'],
  [82, 'F', 'n', 12, 'credits, processing fee amount'],
  [83, 'F', 'n', 12, 'credits, transaction fee amount'],
  [84, 'F', 'n', 12, 'debits, processing fee amount'],
  [85, 'F', 'n', 12, 'debits, transaction fee amount'],
  [86, 'F', 'n', 16, 'credits, amount'],
  [87, 'F', 'n', 16, 'credits, reversal amount'],
  [88, 'F', 'n', 16, 'debits, amount'],
  [89, 'F', 'n', 16, 'debits, reversal amount'],
  [90, 'F', 'n', 42, 'original data elements'],
  [91, 'F', 'ans', 1, 'file update code'],
  [92, 'F', 'ans', 2, 'file security code'],
  [93, 'F', 'ans', 5, 'response indicator'],
  [94, 'F', 'ans', 7, 'service indicator'],
  [95, 'F', 'ans', 42, 'replacement amounts'],
  [96, 'F', 'b', 8, 'message security code'],
  [97, 'F', 'x', 17, 'amount, net settlement'],
  [98, 'F', 'ans', 25, 'payee'],
  [99, 'LL', 'n', 11, 'settlement institution identification code'],
  [100, 'LL', 'n', 11, 'receiving institution identification code'],
  [101, 'LL', 'ans', 17, 'file name'],
  [102, 'LL', 'ans', 28, 'account identification 1'],
  [103, 'LL', 'ans', 28, 'account identification 2'],
  [104, 'LLL', 'ans', 100, 'transaction description'],
  [128, 'F', 'b', 8, 'message authentication code 2'],
];

/** By number. */
export const FIELDS: ReadonlyMap<number, Field> = new Map(
  ROWS.map(([number, format, kind, length, name]) => [number, { number, format, kind, length, name }]),
);
