import { spawn } from 'node:child_process'

/** Shows an address in the person's browser. That no browser came up is not an error: the address was printed. */
export function showInBrowser(url: string): void {
  const child = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
