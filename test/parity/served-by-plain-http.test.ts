import { checkParity } from './check-parity.ts'
import { daemonForm, serveByPlainHttp } from './daemon-form.ts'

checkParity('an app on plain HTTP of a daemon', ['sdk', 'plain HTTP', 'curl', 'Python'], () => daemonForm(serveByPlainHttp))
