// Plain sockets through a plain relay, with nothing of the project in it: what the way through a relay costs at the least.
//   relay PORT                      joins each caller to the one that answers
//   answer ADDRESS PORT             the other end: sends back what comes
//   call ADDRESS PORT COUNT         prints how many ms so many exchanges of one byte take, one after the other, once connected: median of 9
import { connect, createServer, type Socket } from 'node:net'

const [role, first = '', second = '', third = ''] = process.argv.slice(2)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const plain = (socket: Socket): Socket => socket.setNoDelay(true).on('error', () => process.exit(1))

if (role === 'relay') {
  let answering: Socket | undefined
  createServer((socket) => {
    plain(socket)
    if (answering === undefined) answering = socket
    else socket.pipe(answering).pipe(socket)
  }).listen(Number(first), () => say('ready'))
}
if (role === 'answer') {
  const socket = plain(connect(Number(second), first, () => say('ready')))
  socket.pipe(socket)
}
if (role === 'call') {
  const socket = plain(connect(Number(second), first))
  const tookMs: number[] = []
  let from = 0
  let left = 0
  const ask = (): void => {
    if (left === 0) {
      from = performance.now()
      left = Number(third)
    }
    socket.write('?')
  }
  socket.on('connect', ask)
  socket.on('data', () => {
    if (--left === 0) tookMs.push(performance.now() - from)
    if (tookMs.length < 9) return ask()
    say(String(tookMs.toSorted((one, other) => one - other)[4]))
    process.exit()
  })
}
