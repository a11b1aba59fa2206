/**
 * Tells a refusal of OMS from one of something in front of it: a proxy, a load balancer, a web application firewall. OMS refuses in its
 * envelope or asks for Basic credentials; a stranger gives itself away by its headers or its page. Inferred: what a wrong password gets
 * from OMS is not documented. A refusal without any sign counts as OMS's own.
 */

import { isRedirect, type Reply } from './http/transport';
import type { Clean } from './redact';

export interface Gateway {
  /** The header or the page that gives it away. */
  readonly evidence: string;
  readonly advice: string;
}

/** Headers that only intermediaries send. `Via` alone does not count with an envelope: a proxy that passes OMS's words on adds it too. */
const HEADERS =
  /^(via|proxy-authenticate|proxy-status|x-cache|x-cache-lookup|x-squid-error|cf-ray|x-amzn-(requestid|errortype|waf-.*)|x-amz-(cf-id|apigw-id)|apigw-requestid|x-azure-ref|x-iinfo|x-sucuri-id|x-kong-.*|x-bluecoat-.*|x-zscaler-.*|x-denied-reason)$/;
const SERVERS =
  /cloudflare|awselb|cloudfront|akamai|squid|big-?ip|varnish|envoy|kong|haproxy|traefik|imperva|incapsula|zscaler|bluecoat|apisix|api ?gateway|waf/i;
/** Pages of OMS, and of the Java server it runs in. */
const OWN_PAGE = /\bOMS\b|OceanBase|Apache Tomcat|Whitelabel Error Page/i;
const OWN_REALM = /^\s*Basic\b(?![^,]*realm="[^"]*(proxy|squid|gateway|firewall|traefik|zscaler))/i;

/** Null where OMS itself refused, or where the status is not a refusal. */
export function gatewayIn(reply: Reply, endpoint: string, clean: Clean): Gateway | null {
  const { status } = reply;
  if (!isRedirect(status) && status !== 401 && status !== 403) return null;
  const evidence = isRedirect(status) ? (elsewhere(reply, endpoint) ?? signOf(reply)) : refusalBy(reply);
  if (evidence === null) return null;
  const shown = clean(evidence, 120);
  const advice = isRedirect(status)
    ? 'if OMS moved to that address, use it as the endpoint; otherwise let this machine through'
    : 'let this machine through, or use the address of OMS itself as the endpoint';
  return { evidence: shown, advice };
}

function refusalBy(reply: Reply): string | null {
  const challenge = reply.headers.get('www-authenticate');
  const asksForOurs = challenge !== undefined && OWN_REALM.test(challenge);
  if (asksForOurs && /realm="[^"]*(OMS|OceanBase)/i.test(challenge)) return null;
  const sign = signOf(reply);
  if (sign !== null) return sign;
  if (challenge !== undefined && !asksForOurs) return `WWW-Authenticate: ${challenge}`;
  const text = Buffer.from(reply.body).toString('utf8');
  return /^\s*<(!doctype|html|head|body)/i.test(text) && !OWN_PAGE.test(text)
    ? 'an HTML page that is not of OMS'
    : null;
}

function signOf({ headers }: Reply): string | null {
  const server = headers.get('server');
  if (server !== undefined && SERVERS.test(server)) return `Server: ${server}`;
  const [name, value] = [...headers].find(([header]) => HEADERS.test(header)) ?? [];
  return name === undefined ? null : `${name}: ${value}`;
}

/** A redirect away from the host of the endpoint; without query and fragment, which may hold a session's ticket. */
function elsewhere(reply: Reply, endpoint: string): string | null {
  const location = reply.headers.get('location');
  if (location === undefined || !URL.canParse(location, endpoint)) return null;
  const { hostname, origin, pathname } = new URL(location, endpoint);
  return hostname === new URL(endpoint).hostname ? null : `it redirects to ${origin}${pathname}`;
}
