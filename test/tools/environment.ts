// The environment real programs run in during tests: nothing of what this machine's owner exported about TLS, proxies,
// Python or colours (nor what npm hands to the programs it starts), so that a test measures the program and not the machine.
const SCRUBBED =
  /^(SSL_CERT_|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_TLS_|GIT_SSL_|PIP_|AWS_CA_|GRPC_|HTTPLIB2_|CLOUDSDK_|NIX_SSL|PYTHON(?!3)|VIRTUAL_ENV|CONDA|npm_|CI$|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|TERM$|LC_|LANG)|_proxy$/i;

/** The process's environment without all that, plus `extra`. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || SCRUBBED.test(name) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), LANG: 'C.UTF-8', ...extra };
}
