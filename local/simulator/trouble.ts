/** The faults of a simulated OMS. Returns whether the request has been answered; if not, a valid reply follows. */
import type { ServerResponse } from 'node:http';
import { refusal, UNKNOWN_PROJECT } from './replies';
import type { Trouble } from './scenario';

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>OMS</title></head><body>Sign in</body></html>';
/** The generated sample of the vendor's 3.3.0-CE page, in part: it has no commas and a progress of 5151 %. */
const SEED_SAMPLE = `{
 "success":true
 "code":"success"
 "message":"sbjve****"
 "data":{
  "status":"INIT"
  "importance":"HIGH"
  "currentStep":"PRE_CHECK"
  "structMigrationProgress":5151
  "fullMigrationProgress":8897
  }
 }`;
const HUGE_CHUNK = Buffer.alloc(64 * 1024, ' ');

export function actOut(trouble: Trouble | null, response: ServerResponse): boolean {
  switch (trouble?.kind) {
    case 'http':
      if (trouble.retryAfter !== undefined) response.setHeader('Retry-After', trouble.retryAfter);
      response.writeHead(trouble.status).end(trouble.body ?? '');
      return true;
    case 'unreachable':
      response.socket?.destroy();
      return true;
    case 'silent':
      return true;
    case 'stall':
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '400' });
      response.write('{"success":true,"errorDetail":null,');
      return true;
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(LOGIN_PAGE);
      return true;
    case 'redirect':
      response.writeHead(302, { Location: trouble.location }).end();
      return true;
    case 'bad-json':
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"success":true,"data":{"status":"RUNN');
      return true;
    case 'seed-sample':
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(SEED_SAMPLE);
      return true;
    case 'huge':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      pour(response);
      return true;
    case 'refused':
    case 'unknown-project': {
      const error = trouble.kind === 'refused' ? trouble.error : UNKNOWN_PROJECT;
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusal(error, 'sim-1')));
      return true;
    }
    default:
      return false;
  }
}

/** Writes until the client disconnects. */
function pour(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(HUGE_CHUNK));
  };
  response.on('drain', more);
  more();
}
