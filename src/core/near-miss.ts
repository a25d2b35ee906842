/** placeholder: replaced by the near-miss diagnosis of two strings */
export type NearMissLabel = 'same' | 'different';
