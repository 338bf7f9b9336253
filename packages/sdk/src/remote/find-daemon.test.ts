import { expect, test } from 'vitest'
import { homeFlag, type Whereabouts } from './find-daemon.ts'

test.each<[string, Whereabouts, Record<string, string>, string]>([
  ['nothing for the usual household', {}, { HOME: '/home/ana' }, ''],
  ['the directory that the app was given', { home: '/try/ben' }, { PORCHLIGHT_HOME: '/try/ana' }, ' --home /try/ben'],
  ['the directory of its environment, which another terminal does not have', {}, { PORCHLIGHT_HOME: '/try/ana' }, ' --home /try/ana'],
  ['a name that a shell would take apart, in quotes', { home: "/a b/c's" }, {}, ` --home '/a b/c'\\''s'`],
  ['nothing for a socket, which says nothing about where its household lives', { socket: '/s' }, { PORCHLIGHT_HOME: '/try/ana' }, ''],
])('a command for a person names %s', (_what, whereabouts, environment, flag) => {
  expect(homeFlag(whereabouts, environment)).toBe(flag)
})
