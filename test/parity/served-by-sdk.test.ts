import { checkParity } from './check-parity.ts'
import { daemonForm, serveBySdk } from './daemon-form.ts'

checkParity('an app on the SDK of a daemon', ['sdk', 'plain HTTP', 'curl', 'Python'], () => daemonForm(serveBySdk))
