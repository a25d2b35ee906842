/**
 * The fields of ISO 8583:1987, as far as responses carry them. Field 1 and 65 are bitmaps; 105 to 127 have no length of their
 * own in the standard that processors keep to, so a message with one of them is read up to it.
 */

/** How long a field is: fixed, or with two or three digits of length in front. */
export type Format = 'F' | 'LL' | 'LLL';
/** Digits; a sign and digits; letters, digits and others; track data; bytes. */
export type Kind = 'n' | 'x' | 'ans' | 'z' | 'b';
/** `shown`: its value is handed out. `named`: only that it is there. `secret`: the same, because it may identify the card. */
export type Use = 'shown' | 'named' | 'secret';

/** One field. `length` is the fixed or the longest length, in characters, or in bytes for `b`. */
export interface Field {
  readonly number: number;
  readonly format: Format;
  readonly kind: Kind;
  readonly length: number;
  readonly use: Use;
  readonly name: string;
}

const ROWS: readonly (readonly [number, Format, Kind, number, Use, string])[] = [
  [2, 'LL', 'n', 19, 'secret', 'primary account number'],
  [3, 'F', 'n', 6, 'shown', 'processing code'],
  [4, 'F', 'n', 12, 'shown', 'amount, transaction'],
  [5, 'F', 'n', 12, 'named', 'amount, settlement'],
  [6, 'F', 'n', 12, 'named', 'amount, cardholder billing'],
  [7, 'F', 'n', 10, 'shown', 'transmission date and time'],
  [8, 'F', 'n', 8, 'named', 'amount, cardholder billing fee'],
  [9, 'F', 'n', 8, 'named', 'conversion rate, settlement'],
  [10, 'F', 'n', 8, 'named', 'conversion rate, cardholder billing'],
  [11, 'F', 'n', 6, 'shown', 'system trace audit number'],
  [12, 'F', 'n', 6, 'shown', 'time, local transaction'],
  [13, 'F', 'n', 4, 'shown', 'date, local transaction'],
  [14, 'F', 'n', 4, 'secret', 'date, expiration'],
  [15, 'F', 'n', 4, 'shown', 'date, settlement'],
  [16, 'F', 'n', 4, 'named', 'date, conversion'],
  [17, 'F', 'n', 4, 'named', 'date, capture'],
  [18, 'F', 'n', 4, 'shown', "merchant's type"],
  [19, 'F', 'n', 3, 'named', 'acquiring institution country code'],
  [20, 'F', 'n', 3, 'named', 'primary account number country code'],
  [21, 'F', 'n', 3, 'named', 'forwarding institution country code'],
  [22, 'F', 'n', 3, 'shown', 'point of service entry mode'],
  [23, 'F', 'n', 3, 'named', 'card sequence number'],
  [24, 'F', 'n', 3, 'named', 'network international identifier'],
  [25, 'F', 'n', 2, 'shown', 'point of service condition code'],
  [26, 'F', 'n', 2, 'named', 'point of service PIN capture code'],
  [27, 'F', 'n', 1, 'named', 'authorization identification response length'],
  [28, 'F', 'x', 9, 'named', 'amount, transaction fee'],
  [29, 'F', 'x', 9, 'named', 'amount, settlement fee'],
  [30, 'F', 'x', 9, 'named', 'amount, transaction processing fee'],
  [31, 'F', 'x', 9, 'named', 'amount, settlement processing fee'],
  [32, 'LL', 'n', 11, 'named', 'acquiring institution identification code'],
  [33, 'LL', 'n', 11, 'named', 'forwarding institution identification code'],
  [34, 'LL', 'ans', 28, 'secret', 'primary account number, extended'],
  [35, 'LL', 'z', 37, 'secret', 'track 2 data'],
  [36, 'LLL', 'z', 104, 'secret', 'track 3 data'],
  [37, 'F', 'ans', 12, 'shown', 'retrieval reference number'],
  [38, 'F', 'ans', 6, 'shown', 'authorization identification response'],
  [39, 'F', 'ans', 2, 'shown', 'response code'],
  [40, 'F', 'ans', 3, 'named', 'service restriction code'],
  [41, 'F', 'ans', 8, 'shown', 'card acceptor terminal identification'],
  [42, 'F', 'ans', 15, 'shown', 'card acceptor identification code'],
  [43, 'F', 'ans', 40, 'named', 'card acceptor name and location'],
  [44, 'LL', 'ans', 25, 'shown', 'additional response data'],
  [45, 'LL', 'ans', 76, 'secret', 'track 1 data'],
  [46, 'LLL', 'ans', 999, 'named', 'additional data, ISO'],
  [47, 'LLL', 'ans', 999, 'named', 'additional data, national'],
  [48, 'LLL', 'ans', 999, 'named', 'additional data, private'],
  [49, 'F', 'ans', 3, 'shown', 'currency code, transaction'],
  [50, 'F', 'ans', 3, 'named', 'currency code, settlement'],
  [51, 'F', 'ans', 3, 'named', 'currency code, cardholder billing'],
  [52, 'F', 'b', 8, 'secret', 'personal identification number data'],
  [53, 'F', 'n', 16, 'named', 'security related control information'],
  [54, 'LLL', 'ans', 120, 'shown', 'additional amounts'],
  [55, 'LLL', 'b', 999, 'secret', 'integrated circuit card data'],
  [56, 'LLL', 'ans', 999, 'named', 'reserved, ISO'],
  [57, 'LLL', 'ans', 999, 'named', 'reserved, national'],
  [58, 'LLL', 'ans', 999, 'named', 'reserved, national'],
  [59, 'LLL', 'ans', 999, 'named', 'reserved, national'],
  [60, 'LLL', 'ans', 999, 'named', 'reserved, private'],
  [61, 'LLL', 'ans', 999, 'named', 'reserved, private'],
  [62, 'LLL', 'ans', 999, 'named', 'reserved, private'],
  [63, 'LLL', 'ans', 999, 'named', 'reserved, private'],
  [64, 'F', 'b', 8, 'named', 'message authentication code'],
  [66, 'F', 'n', 1, 'named', 'settlement code'],
  [67, 'F', 'n', 2, 'named', 'extended payment code'],
  [68, 'F', 'n', 3, 'named', 'receiving institution country code'],
  [69, 'F', 'n', 3, 'named', 'settlement institution country code'],
  [70, 'F', 'n', 3, 'shown', 'network management information code'],
  [71, 'F', 'n', 4, 'named', 'message number'],
  [72, 'F', 'n', 4, 'named', 'message number, last'],
  [73, 'F', 'n', 6, 'named', 'date, action'],
  [74, 'F', 'n', 10, 'named', 'credits, number'],
  [75, 'F', 'n', 10, 'named', 'credits, reversal number'],
  [76, 'F', 'n', 10, 'named', 'debits, number'],
  [77, 'F', 'n', 10, 'named', 'debits, reversal number'],
  [78, 'F', 'n', 10, 'named', 'transfer, number'],
  [79, 'F', 'n', 10, 'named', 'transfer, reversal number'],
  [80, 'F', 'n', 10, 'named', 'inquiries, number'],
  [81, 'F', 'n', 10, 'named', 'authorizations, number'],
  [82, 'F', 'n', 12, 'named', 'credits, processing fee amount'],
  [83, 'F', 'n', 12, 'named', 'credits, transaction fee amount'],
  [84, 'F', 'n', 12, 'named', 'debits, processing fee amount'],
  [85, 'F', 'n', 12, 'named', 'debits, transaction fee amount'],
  [86, 'F', 'n', 16, 'named', 'credits, amount'],
  [87, 'F', 'n', 16, 'named', 'credits, reversal amount'],
  [88, 'F', 'n', 16, 'named', 'debits, amount'],
  [89, 'F', 'n', 16, 'named', 'debits, reversal amount'],
  [90, 'F', 'n', 42, 'named', 'original data elements'],
  [91, 'F', 'ans', 1, 'named', 'file update code'],
  [92, 'F', 'ans', 2, 'named', 'file security code'],
  [93, 'F', 'ans', 5, 'named', 'response indicator'],
  [94, 'F', 'ans', 7, 'named', 'service indicator'],
  [95, 'F', 'ans', 42, 'named', 'replacement amounts'],
  [96, 'F', 'b', 8, 'named', 'message security code'],
  [97, 'F', 'x', 17, 'named', 'amount, net settlement'],
  [98, 'F', 'ans', 25, 'named', 'payee'],
  [99, 'LL', 'n', 11, 'named', 'settlement institution identification code'],
  [100, 'LL', 'n', 11, 'named', 'receiving institution identification code'],
  [101, 'LL', 'ans', 17, 'named', 'file name'],
  [102, 'LL', 'ans', 28, 'secret', 'account identification 1'],
  [103, 'LL', 'ans', 28, 'secret', 'account identification 2'],
  [104, 'LLL', 'ans', 100, 'named', 'transaction description'],
  [128, 'F', 'b', 8, 'named', 'message authentication code 2'],
];

/** By number. */
export const FIELDS: ReadonlyMap<number, Field> = new Map(
  ROWS.map(([number, format, kind, length, use, name]) => [number, { number, format, kind, length, use, name }]),
);
