// The server's side of the plain-text dialogues that lead to TLS, with or without the offer.
import type { Socket } from 'node:net';

/** Speaks until the client's next byte is TLS (true), or says no (false). `offers` = TLS is on offer. */
export async function speakUpTo(dialect: string, socket: Socket, offers: boolean): Promise<boolean> {
  const speak = DIALECTS[dialect];
  if (!speak) throw new Error(`the lab does not speak ${dialect}`);
  const lines = { say: (text: string | Buffer) => void socket.write(text), hear: () => hear(socket) };
  try {
    return await speak(lines, offers);
  } catch {
    return false;
  }
}

interface Lines {
  say(text: string | Buffer): void;
  hear(): Promise<Buffer>;
}

const DIALECTS: Readonly<Record<string, (lines: Lines, offers: boolean) => Promise<boolean>>> = {
  async smtp({ say, hear }, offers) {
    say('220 mail.lab.test ESMTP\r\n');
    await hear();
    say(`250-mail.lab.test\r\n${offers ? '250-STARTTLS\r\n' : ''}250 SIZE 1000\r\n`);
    await hear();
    say(offers ? '220 2.0.0 Ready\r\n' : '502 5.5.1 Not implemented\r\n');
    return offers;
  },
  async imap({ say, hear }, offers) {
    say('* OK ready\r\n');
    await hear();
    say(offers ? 'a1 OK begin TLS\r\n' : 'a1 BAD unknown command\r\n');
    return offers;
  },
  async pop3({ say, hear }, offers) {
    say('+OK ready\r\n');
    await hear();
    say(offers ? '+OK begin TLS\r\n' : '-ERR unknown command\r\n');
    return offers;
  },
  async ftp({ say, hear }, offers) {
    say('220 ftp.lab.test FTP\r\n');
    await hear();
    say(offers ? '234 AUTH TLS ok\r\n' : '500 unknown command\r\n');
    return offers;
  },
  async postgres({ say, hear }, offers) {
    await hear();
    say(offers ? 'S' : 'N');
    return offers;
  },
  async mysql({ say, hear }, offers) {
    const version = Buffer.from('8.0.0-lab\0');
    const tail = Buffer.alloc(31);
    tail.writeUInt16LE(offers ? 0x0a00 : 0x0200, 13);
    const body = Buffer.concat([Buffer.from([10]), version, tail]);
    say(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
    if (!offers) return false;
    await hear();
    return true;
  },
  async ldap({ say, hear }, offers) {
    await hear();
    say(Buffer.from([0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, offers ? 0 : 2, 4, 0, 4, 0]));
    return offers;
  },
  async xmpp({ say, hear }, offers) {
    await hear();
    const features = offers ? "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" : '<mechanisms/>';
    say(
      `<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:features>${features}</stream:features>`,
    );
    if (!offers) return false;
    await hear();
    say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    return true;
  },
};

/** The next piece the client says; the stream is paused after it, for TLS to take over. */
function hear(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (part: Buffer) => {
      socket.pause();
      socket.off('close', gone);
      resolve(part);
    };
    const gone = () => reject(new Error('gone'));
    socket.once('data', done).once('close', gone);
    socket.resume();
  });
}
