// The proxy that the client's own rules choose, and whether it lets a connection through.
import type { VerifyAnswer } from '../model/certificate.ts';
import { known } from '../model/facts.ts';
import { openTunnel } from '../net/proxy.ts';
import { refusalsOf } from './proxy-certificate.ts';
import type { Stage } from './stage.ts';

export const proxy: Stage<
  | 'proxy.url'
  | 'proxy.from'
  | 'proxy.error'
  | 'proxy.answers'
  | 'proxy.detail'
  | 'proxy.status'
  | 'proxy.authSchemes'
  | 'proxy.credentialsGiven'
> = {
  id: 'proxy',
  needs: [],
  after: [],
  gives: [
    'proxy.url',
    'proxy.from',
    'proxy.error',
    'proxy.answers',
    'proxy.detail',
    'proxy.status',
    'proxy.authSchemes',
    'proxy.credentialsGiven',
  ],
  share: 0.6,
  waitingFor: run => `the proxy ${run.route.proxy?.shown ?? ''} to open a tunnel`,
  async *run(_seen, run, signal) {
    const { route, target, world, line } = run;
    const { proxy, because } = route;
    yield known('proxy.url', proxy?.shown ?? null, because);
    yield known('proxy.from', route.from, because);
    yield known('proxy.credentialsGiven', proxy?.credentials != null, because);
    if (!proxy) {
      yield known('proxy.error', null, because);
      yield known('proxy.answers', [], because);
      yield known('proxy.detail', null, because);
      yield known('proxy.status', null, because);
      yield known('proxy.authSchemes', [], because);
      return { status: 'skipped', text: `direct connection: ${because}` };
    }
    const to = world.options.connect[0] ?? { host: target.host, port: target.port };
    const limit = world.within(world.remainingMs() * 0.5, signal);
    let refusals: readonly VerifyAnswer[] = [];
    const tunnel = await openTunnel(proxy, to, world, limit, async handshake => {
      refusals = await refusalsOf(handshake, proxy, run);
      return refusals[0] ? `its own certificate is not accepted: ${refusals[0].verifyMessage}` : null;
    });
    if (tunnel.socket) line.put(tunnel.socket);
    const how = `CONNECT through ${proxy.shown}`;
    yield known('proxy.answers', refusals, 'the certificate of the proxy, judged as a server’s would be');
    yield known('proxy.detail', tunnel.failure ? tunnel.detail : null, how);
    yield known('proxy.status', tunnel.status, how);
    yield known('proxy.authSchemes', tunnel.authSchemes, how);
    yield known('proxy.error', tunnel.failure, how);
    return tunnel.failure
      ? { status: 'fail', text: `${proxy.shown} (${because}): ${tunnel.detail || tunnel.failure}` }
      : { status: 'ok', text: `${proxy.shown} opened a tunnel (${because})` };
  },
};
