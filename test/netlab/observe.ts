// A plain program for the lab's own tests, with nothing of the project in it: says which address others see, and who gets through.
//   server PORT                      answers TCP and UDP with the address that it sees, and what the datagram said
//   tcp|udp ADDRESS PORT LOCALPORT   prints the answer or the error
//   echoes ADDRESS PORT COUNT        prints how many of so many datagrams were answered, and the shortest time in ms that it took
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'

const [role, ...words] = process.argv.slice(2)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
/** What a server on `::` says of an IPv4 address. */
const plain = (address: string | undefined): string => address?.replace('::ffff:', '') ?? ''

function serve(port: number): void {
  const tcp = createServer((socket) => socket.on('error', () => {}).end(`${plain(socket.remoteAddress)} ${socket.remotePort}`))
  const udp = createSocket('udp6')
  udp.on('message', (data, from) => udp.send(`${plain(from.address)} ${from.port} ${String(data)}`, from.port, from.address))
  tcp.listen(port, '::', () => udp.bind(port, () => say('ready')))
}

function askTcp(host: string, port: number, localPort: number): void {
  const socket = connect({ host, port, localPort })
  socket.on('data', (data) => say(String(data)))
  socket.on('error', (error: NodeJS.ErrnoException) => say(String(error.code)))
  socket.setTimeout(1000, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'SILENT' })))
}

function askUdp(host: string, port: number, localPort: number): void {
  const socket = createSocket('udp4')
  const end = (text: string): void => {
    say(text)
    clearTimeout(timer)
    socket.close()
  }
  const timer = setTimeout(() => end('SILENT'), 1000)
  socket.on('message', (data) => end(String(data).trim()))
  socket.bind(localPort, () => socket.send('', port, host))
}

function countEchoes(host: string, port: number, count: number): void {
  const socket = createSocket('udp4')
  const sentAt: number[] = []
  const tookMs: number[] = []
  socket.on('message', (data) => tookMs.push(performance.now() - sentAt[Number(String(data).split(' ')[2])]!))
  const timer = setInterval(() => {
    if (sentAt.length < count) return socket.send(String(sentAt.push(performance.now()) - 1), port, host)
    clearInterval(timer)
    setTimeout(() => {
      say(`${tookMs.length} ${Math.min(...tookMs)}`)
      socket.close()
    }, 500)
  }, 1)
}

const [first = '', second, third] = words
if (role === 'server') serve(Number(first))
if (role === 'tcp') askTcp(first, Number(second), Number(third))
if (role === 'udp') askUdp(first, Number(second), Number(third))
if (role === 'echoes') countEchoes(first, Number(second), Number(third))
