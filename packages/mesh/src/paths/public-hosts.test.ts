import { expect, test } from 'vitest'
import { isPublicHost } from './public-hosts.ts'

test.each(['45.10.0.10', '100.63.255.255', '100.128.0.1', '172.32.0.1', '223.255.255.255', '2a01:10::10', '2600::1'])(
  '%s is a host of the internet',
  (host) => {
    expect(isPublicHost(host)).toBe(true)
  },
)

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.1.1',
  '172.31.0.1',
  '192.168.178.1',
  '203.0.113.9',
  '224.0.0.251',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:45.10.0.10',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1',
  'ff02::fb',
  '64:ff9b::2d0a:a',
  '2001:db8::1',
  '2001::1',
  '2002:2d0a:a::1',
  'porch.example',
  '',
])('%s is not', (host) => {
  expect(isPublicHost(host)).toBe(false)
})
