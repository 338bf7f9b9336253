import { checkParity } from './check-parity.ts'
import { daemonForm, serveByPython } from './daemon-form.ts'

checkParity('an app in Python of a daemon', ['sdk', 'plain HTTP', 'curl', 'Python'], () => daemonForm(serveByPython))
