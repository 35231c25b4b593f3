/** Query parameters that tell a site where a reader came from and change nothing of what is shown. */
const NAMES = [
  // Click ids of advertisers and social sites
  'fbclid',
  'gclid',
  'gclsrc',
  'dclid',
  'gbraid',
  'wbraid',
  'msclkid',
  'yclid',
  'ysclid',
  'twclid',
  'ttclid',
  'igshid',
  'igsh',
  'li_fat_id',
  'rb_clickid',
  '_openstat',
  'fb_action_ids',
  'fb_action_types',
  'fb_ref',
  'fb_source',
  '_branch_match_id',
  // Mail and newsletter systems
  'mc_cid',
  'mc_eid',
  'mkt_tok',
  'vero_conv',
  'vero_id',
  'oly_enc_id',
  'oly_anon_id',
  '_bhlid',
  'ml_subscriber',
  'ml_subscriber_hash',
  'ck_subscriber_id',
  '__s',
  // Marketing suites and statistics
  '_hsenc',
  '_hsmi',
  '__hssc',
  '__hstc',
  '__hsfp',
  'hsctatracking',
  'campaign_id',
  'campaign_medium',
  'campaign_name',
  'campaign_source',
  'campaign_term',
  'campaign_content',
  'wickedid',
  'srsltid',
  '_gl',
  '_ga',
  'at_medium',
  'at_campaign',
] as const;

/** Beginnings of such names. */
const PREFIXES = ['utm_', 'mtm_', 'matomo_', 'pk_', 'piwik_', 'itm_', 'hmb_', 'hsa_', 'stm_', 'ga_'] as const;

const names: ReadonlySet<string> = new Set(NAMES);

/** Names that mean something on many sites, and track where they only say that a reader came from a feed. */
const NAMES_FOR_FEEDS: ReadonlySet<string> = new Set(['ref', 'source', 'src', 'cid', 'from']);

/**
 * True for a query parameter that only tracks.
 * @param name and `value`, decoded; of any case
 * @param host of the address: sites name themselves as the one that sent the reader
 */
export function isTracking(name: string, value: string, host: string): boolean {
  const lower = name.toLowerCase();
  if (NAMES_FOR_FEEDS.has(lower))
    return /^(rss|feed|atom)(?![a-z])/i.test(value) || value.toLowerCase() === host;
  return names.has(lower) || PREFIXES.some((prefix) => lower.startsWith(prefix));
}
