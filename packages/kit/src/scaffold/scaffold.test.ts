import { expect, it } from 'vitest'
import { checkFolder, kitFiles } from '../check/check-folder.ts'
import { scaffold } from './scaffold.ts'

const checked = (id: string, lang?: string) =>
  checkFolder(new Map([...scaffold(id, lang === undefined ? {} : { lang }).files].filter(([path]) => kitFiles(path))))

it.each<[string, string | undefined, string, string[]]>([
  ['doorbell', undefined, '/example/doorbell/1', ['en', 'de']],
  ['/bell.example.org/door-bell/2', 'fr', '/bell.example.org/door-bell/2', ['en', 'fr']],
  ['/example/d3/1', 'pt-BR', '/example/d3/1', ['en', 'pt-BR']],
])('the folder of %s with the second language %s passes the check as it is', (id, lang, whole, langs) => {
  const { faults, protocol, manifest } = checked(id, lang)
  expect(faults).toEqual([])
  expect([protocol?.id, manifest?.body.langs]).toEqual([whole, langs])
})

it('lines in a language that nobody wrote yet say which one, so that none is published by mistake', () => {
  expect(checked('doorbell', 'fr').manifest!.body.say.risk['fr']).toMatch(/^\(fr\) \{contact\} learns/)
})

it.each([
  ['/example/doorbell', 'de'],
  ['Doorbell', 'de'],
  ['door bell', 'de'],
  ['../doorbell', 'de'],
  ['/example/door.bell/1', 'de'],
  ['doorbell', 'en'],
  ['doorbell', 'x'],
  ['doorbell', '__proto__'],
])('%s in %s is refused, and nothing is made', (id, lang) => {
  expect(() => scaffold(id, { lang })).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
})
