// How the values of facts are said to people. Facts hold short words that rules compare; these are their readings, and
// the few words that join values. A value that stands in no table is printed as it is.
import type { FactKey } from '../model/facts.ts';
import type { Lang } from '../model/knowledge.ts';

export interface Words {
  readonly unknown: string;
  readonly none: string;
  readonly yes: string;
  readonly no: string;
  readonly comma: string;
  readonly more: (count: number) => string;
  readonly values: { readonly [F in FactKey]?: Readonly<Record<string, string>> };
}

export const WORDS: Readonly<Record<Lang, Words>> = {
  en: {
    unknown: '(not known)',
    none: 'none',
    yes: 'yes',
    no: 'no',
    comma: ', ',
    more: count => ` and ${count} more`,
    values: {
      'dns.error': {
        'not-found': 'no such name (not-found)',
        'no-address': 'the name has no address (no-address)',
        'server-failure': 'the resolver failed (server-failure)',
        timeout: 'the resolver did not answer (timeout)',
      },
      'trust.rootRemovedBy': { key: 'fingerprint or key identifier', name: 'name only' },
      'trust.storeProblem': {
        'path-missing': 'there is no such file or folder',
        unreadable: 'it may not be read',
        empty: 'it is empty',
        'no-certificates': 'it holds no certificate',
        damaged: 'one of its blocks cannot be read, and OpenSSL then takes none of them',
      },
      'chain.missingFoundBy': {
        aia: 'the address in the certificate (AIA)',
        store: 'this machine’s own store',
        knowledge: 'the list of known intermediates',
      },
      'handshake.lacks': { group: 'key-exchange group', 'dh-size': 'small DH group' },
      'handshake.peerSpeaks': { unknown: 'nothing we know', silence: 'silence' },
      'handshake.clientKey': {
        'readable-by-others': 'readable by other users (readable-by-others)',
        encrypted: 'encrypted with a password',
      },
      'handshake.clientFault': {
        'too-early': 'not valid yet',
        'not-for-clients': 'its extended key usage lacks clientAuth',
        'other-ca': 'issued by none of the CAs that the server lists',
      },
      'interception.kind': {
        proxy: 'inspecting proxy',
        developer: 'debugging proxy',
        antivirus: 'antivirus or filter',
      },
    },
  },
  zh: {
    unknown: '（未知）',
    none: '无',
    yes: '是',
    no: '否',
    comma: '、',
    more: count => ` 等（另有 ${count} 项）`,
    values: {
      'dns.error': {
        'not-found': '没有这个名字（not-found）',
        'no-address': '该名字没有地址（no-address）',
        'server-failure': '解析器出错（server-failure）',
        timeout: '解析器没有回应（timeout）',
      },
      'trust.rootRemovedBy': { key: '指纹或密钥标识符', name: '仅名称' },
      'trust.storeProblem': {
        'path-missing': '文件或目录不存在',
        unreadable: '无权读取',
        empty: '内容为空',
        'no-certificates': '其中没有证书',
        damaged: '其中有一段无法读取，OpenSSL 因此整个文件都不采用',
      },
      'chain.missingFoundBy': { aia: '证书中给出的地址（AIA）', store: '本机的证书库', knowledge: '已知中间证书列表' },
      'handshake.lacks': { version: 'TLS 版本', cipher: '密码套件', group: '密钥交换组', 'dh-size': '短 DH 参数' },
      'handshake.peerSpeaks': { unknown: '未知协议', silence: '没有应答' },
      'handshake.clientKey': {
        'readable-by-others': '其他用户可读（readable-by-others）',
        encrypted: '已加密（encrypted）',
        unreadable: '无法读取（unreadable）',
      },
      'handshake.clientFault': {
        expired: '已过期',
        'too-early': '尚未生效',
        'not-for-clients': '扩展密钥用途里没有 clientAuth',
        'other-ca': '签发者不在服务器所列的 CA 之中',
      },
      'interception.kind': { proxy: '解密代理', developer: '调试代理', antivirus: '杀毒或过滤软件' },
      'expiry.expired': { leaf: '服务器证书', intermediate: '中间证书', root: '根证书' },
      'expiry.notYetValid': { leaf: '服务器证书', intermediate: '中间证书', root: '根证书' },
    },
  },
};
