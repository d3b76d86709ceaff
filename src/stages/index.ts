// Every stage, once. When each runs follows from what it needs, not from this order.
import { chain } from './chain.ts';
import { clock } from './clock.ts';
import { connect } from './connect.ts';
import { dns } from './dns.ts';
import { expiry } from './expiry.ts';
import { handshake } from './handshake.ts';
import { hostname } from './hostname.ts';
import { interception } from './interception.ts';
import { proxy } from './proxy.ts';
import { revocation } from './revocation.ts';
import type { Stage } from './stage.ts';
import { trust } from './trust.ts';

export const STAGES: readonly Stage[] = [
  clock,
  dns,
  connect,
  proxy,
  handshake,
  chain,
  hostname,
  expiry,
  revocation,
  trust,
  interception,
];
