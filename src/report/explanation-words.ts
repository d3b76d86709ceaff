// What `explain` says in its own voice, in each language.
import type { Lang } from '../model/knowledge.ts';

const EN = {
  nothing: 'No known error in this text',
  nothingText:
    'Nothing in it fits the way any of the known programs words a TLS or connection error. Paste the lines that say what failed: the last lines of a traceback, or the one with “error”, “SSL”, “certificate” or “x509” in it.',
  says: 'What the text says',
  means: 'What that means',
  from: 'What it may come from, most likely first',
  decides: 'What would decide it',
  look: 'look from here, with the network',
  more: 'the page of a cause, with its fixes',
  unsafe: 'Unsafe advice in the text',
  instead: 'Instead',
  also: 'Also in the text',
  versions: 'Versions',
  through: 'through the proxy',
  whatToDo: 'What to do',
  wordings: 'How it is worded',
  elsewhere: 'What other libraries call it',
  wider: 'covers more than this',
  code: 'OpenSSL verify code',
  noPage: 'OpenSSL’s message is all there is to say: certificates on the public web do not lead to it.',
  leads: 'Errors it is met as',
  tool: 'said by',
};

type Words = typeof EN;

const ZH: Words = {
  nothing: '文中没有认得的错误',
  nothingText:
    '其中没有任何一处符合已知程序报告 TLS 或连接错误的措辞。请粘贴说明失败原因的那几行：调用栈的最后几行，或含有 “error”、“SSL”、“certificate”、“x509” 的那一行。',
  says: '文中说了什么',
  means: '这意味着什么',
  from: '可能的原因，按可能性排列',
  decides: '什么能够定论',
  look: '连网从本机检查',
  more: '某个原因的说明页与修复方法',
  unsafe: '文中的不安全做法',
  instead: '应改为',
  also: '文中还提到',
  versions: '版本',
  through: '经由代理',
  whatToDo: '怎么办',
  wordings: '常见措辞',
  elsewhere: '其他库的叫法',
  wider: '涵盖的情况更多',
  code: 'OpenSSL 验证码',
  noPage: '除 OpenSSL 的消息外没有更多可说：公网证书不会遇到它。',
  leads: '表现为哪些错误',
  tool: '出自',
};

export const explanationWords = (lang: Lang): Words => (lang === 'zh' ? ZH : EN);
