// Whatever a paste carries that opens a door: none of it may be shown, stored or reported.
import { expect, test } from 'vitest';
import { masked } from '../../../src/intake/secrets.ts';

const SECRET = 's3cr3tV4lue99';

test.each([
  ['a password in a proxy URL', `HTTPS_PROXY=http://joe:${SECRET}@proxy.example:3128`],
  ['a password with an @ in it', `http://joe:p@${SECRET}@proxy.example:3128`],
  ['a token as user name', `https://${SECRET}@git.example.com/a.git`],
  ['a query', `GET https://api.example/v1?access_token=${SECRET}&x=1`],
  ['a signed URL', `https://b.example/x?X-Amz-Signature=${SECRET}&X-Amz-Date=1`],
  ['a header', `Authorization: Bearer ${SECRET}`],
  ['a header in a dump', `'Authorization': 'Basic ${SECRET}'`],
  ['a proxy header', `Proxy-Authorization: Basic ${SECRET}`],
  ['a cookie', `Cookie: session=${SECRET}; theme=dark`],
  ['an option', `curl --proxy-user joe:${SECRET} https://a.example`],
  ['a short option', `curl -u joe:${SECRET} https://a.example`],
  ['a variable', `PIP_PASSWORD=${SECRET}`],
  ['a JSON field', `{"password": "${SECRET}", "user": "joe"}`],
  ['npm', `//registry.example/:_authToken=${SECRET}`],
  ['conda', `https://conda.example/t/${SECRET}/linux-64/repodata.json`],
  ['a GitHub token', `remote: ghp_${SECRET}${SECRET}`],
  ['a JWT', `token eyJ${SECRET}.eyJ${SECRET}.${SECRET}`],
  ['a key', `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----`],
  ['a key that was cut off', `-----BEGIN PRIVATE KEY-----\n${SECRET}\nMII`],
])('%s', (_what, text) => {
  expect(masked(text)).not.toContain(SECRET);
});

test.each([
  ['a URL', 'https://pypi.org/simple/requests/'],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
  [
    'an error',
    "SSLError: HTTPSConnectionPool(host='a.example', port=443): Max retries exceeded with url: /oauth2/token (Caused by …)",
  ],
])('%s stays as it is', (_what, text) => {
  expect(masked(text)).toBe(text);
});

test('what is masked stays masked', () => {
  const once = masked(`http://joe:${SECRET}@proxy.example:3128 password=${SECRET}`);
  expect(masked(once)).toBe(once);
});
