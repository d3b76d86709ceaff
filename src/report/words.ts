// What reports and the wizard say in their own voice, in each language. Knowledge has its own texts; ids never change.
import type { Confidence, Lang, Role } from '../model/knowledge.ts';
import type { StageStatus } from '../model/stage.ts';

const EN = {
  healthy: 'Nothing is wrong',
  healthyText: 'The client’s request would get its answer.',
  inconclusive: 'The evidence does not decide',
  inconclusiveText: 'What was seen does not tell what is wrong. What would decide it:',
  howWeKnow: 'How we know',
  chain: 'The chain the server sent',
  chainNone: 'The server sent no certificate.',
  clientSays: 'What the client says',
  then: 'and once that is mended',
  confirmed: 'was asked for real, and says the same',
  contradicted: 'was asked for real, and says otherwise: please report this',
  whatToDo: 'What to do',
  avoid: 'What not to do',
  others: 'Also found',
  unchecked: 'Could not check',
  explain: 'Why this happens',
  sources: 'Sources',
  stages: 'What was looked at',
  missing: 'nobody sent this one',
  machine: 'this machine',
  proxy: 'proxy',
  server: 'server',
  verifyWith: 'to see that it worked',
  more: 'the whole explanation: --verbose',
  because: 'because',
  roles: {
    server: 'if you run the server',
    client: 'on this machine',
    network: 'for whoever runs the network',
  } satisfies Record<Role, string>,
  confidence: { certain: 'certain', likely: 'likely', possible: 'possible' } satisfies Record<Confidence, string>,
  status: { ok: 'ok', warn: 'note', fail: 'FAIL', skipped: 'skipped', unknown: 'unknown' } satisfies Record<
    StageStatus,
    string
  >,
  safety: { safe: '', care: 'with care', 'last-resort': 'last resort' },
};

type Words = typeof EN;

const ZH: Words = {
  healthy: '一切正常',
  healthyText: '客户端的请求会得到响应。',
  inconclusive: '现有证据不足以下结论',
  inconclusiveText: '目前看到的情况还不能说明问题所在。能够定论的是：',
  howWeKnow: '依据',
  chain: '服务器发送的证书链',
  chainNone: '服务器没有发送证书。',
  clientSays: '客户端会报告',
  then: '解决之后还会遇到',
  confirmed: '已实际运行，结果一致',
  contradicted: '已实际运行，结果不同：请报告此问题',
  whatToDo: '怎么办',
  avoid: '不要这样做',
  others: '另外发现',
  unchecked: '未能检查',
  explain: '为什么会这样',
  sources: '参考',
  stages: '检查了什么',
  missing: '没有任何一方发送这张证书',
  machine: '本机',
  proxy: '代理',
  server: '服务器',
  verifyWith: '验证是否生效',
  more: '完整说明：--verbose',
  because: '原因',
  roles: { server: '如果服务器由您管理', client: '在这台机器上', network: '由网络管理员处理' },
  confidence: { certain: '确定', likely: '很可能', possible: '有可能' },
  status: { ok: '正常', warn: '注意', fail: '失败', skipped: '跳过', unknown: '未知' },
  safety: { safe: '', care: '需谨慎', 'last-resort': '最后手段' },
};

export const words = (lang: Lang): Words => (lang === 'zh' ? ZH : EN);
