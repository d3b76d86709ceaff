// What the wizard's screens say, in each language.
import type { Lang } from '../model/knowledge.ts';

const EN = {
  title: 'tlsdoctor',
  claim: 'why does this TLS connection fail, here?',
  question: 'What is failing? Paste a URL or an error message',
  example: 'for example  https://internal.example:8443',
  practiceHint: 'No failing server at hand? Tab starts one on this machine.',
  practice: 'Practice: which fault would you like to see?',
  offer: 'That text is about',
  offerAsk: 'Enter looks at it from here, the way Python would.',
  offerAsTool: 'Enter looks at it from here, as that program would:',
  offerNone: 'The text names no host. Esc goes back: add the URL that failed.',
  running: 'Looking at',
  practising: 'Practice',
  upTo: 'at most',
  more: 'more',
  help: 'Keys',
  pasted: 'lines pasted',
};

type Words = typeof EN;

const ZH: Words = {
  title: 'tlsdoctor',
  claim: '为什么这个 TLS 连接在这台机器上失败？',
  question: '什么出错了？请粘贴网址或错误信息',
  example: '例如  https://internal.example:8443',
  practiceHint: '手边没有出错的服务器？按 Tab 在本机启动一个。',
  practice: '练习：想看哪种故障？',
  offer: '这段文字涉及',
  offerAsk: '按 Enter，以 Python 的方式从本机检查它。',
  offerAsTool: '按 Enter，以该程序的方式从本机检查：',
  offerNone: '文中没有主机名。按 Esc 返回，补上出错的网址。',
  running: '正在检查',
  practising: '练习',
  upTo: '最多',
  more: '更多',
  help: '按键',
  pasted: '行已粘贴',
};

export const wizardWords = (lang: Lang): Words => (lang === 'zh' ? ZH : EN);
