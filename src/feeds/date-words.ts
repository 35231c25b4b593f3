/** Month names by their first letters (lower case, accents removed), in the languages that feeds write dates in. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan', 'ene', 'gen', 'ιαν', 'янв'],
  ['feb', 'fev', 'φεβ', 'фев'],
  ['mar', 'mrt', 'maa', 'mae', 'μαρ', 'мар'],
  ['apr', 'avr', 'abr', 'απρ', 'апр'],
  ['may', 'mai', 'mag', 'mei', 'maj', 'μαι', 'мая', 'маи'],
  ['jun', 'juin', 'giu', 'ιουν', 'июн'],
  ['jul', 'juil', 'lug', 'ιουλ', 'июл'],
  ['aug', 'aou', 'ago', 'αυγ', 'авг'],
  ['sep', 'set', 'σεπ', 'сен'],
  ['oct', 'okt', 'ott', 'out', 'οκτ', 'окт'],
  ['nov', 'νοε', 'ноя'],
  ['dec', 'dez', 'dic', 'des', 'δεκ', 'дек'],
];

const MONTH_OF = new Map(MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1])));

/** The month, 1 to 12, that a word names in one of a dozen languages, or null. */
export function monthOf(word: string): number | null {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return MONTH_OF.get(plain.slice(0, 4)) ?? MONTH_OF.get(plain.slice(0, 3)) ?? null;
}

/** Minutes ahead of UTC. Where a name is used twice in the world, the sense most common in feeds. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 60,
  BST: 60,
  CET: 60,
  MEZ: 60,
  MET: 60,
  CEST: 120,
  MESZ: 120,
  MEST: 120,
  EET: 120,
  SAST: 120,
  EEST: 180,
  MSK: 180,
  TRT: 180,
  GST: 240,
  PKT: 300,
  IST: 330,
  WIB: 420,
  ICT: 420,
  HKT: 480,
  SGT: 480,
  AWST: 480,
  KST: 540,
  JST: 540,
  ACST: 570,
  AEST: 600,
  ACDT: 630,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  NST: -210,
  NDT: -150,
  AT: -240,
  AST: -240,
  ADT: -180,
  BRT: -180,
  ART: -180,
  ET: -300,
  EST: -300,
  EDT: -240,
  CT: -360,
  CST: -360,
  CDT: -300,
  MT: -420,
  MST: -420,
  MDT: -360,
  PT: -480,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
};

/** Minutes ahead of UTC of a zone's abbreviation, or null when it is not known. */
export function zoneMinutes(name: string): number | null {
  return ZONES[name.toUpperCase()] ?? null;
}
