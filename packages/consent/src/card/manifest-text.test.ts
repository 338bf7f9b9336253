import { expect, it } from 'vitest'
import { sampleManifest } from '../testing/index.ts'
import { manifestText } from './manifest-text.ts'

it('a manifest is told in the language asked for, with what backs each line, and what has to be agreed to before the rest', () => {
  const { lang, text } = manifestText(sampleManifest, 'en')
  expect(lang).toBe('en')
  const lines = text.split('\n')
  expect(lines[0]).toBe('/porchlight/share/1: {contact} may use {service}')
  expect(lines).toHaveLength(1 + 9 + 2)
  // Every line begins below the one before.
  const columns = ['{contact} can open', 'Only devices', '{contact} says that', 'Open it and use it.'].map((part) => {
    return lines.find((each) => each.includes(part))!.indexOf(part)
  })
  expect(new Set(columns).size).toBe(1)
  expect(columns[0]).toBeGreaterThan(3)
  const lineOf = (part: string) => lines.find((line) => line.includes(part))!
  expect(lineOf('Only devices of {contact}.')).toMatch(/\.  \[.+\]$/)
  expect(lineOf('nothing is passed on').slice(-12)).not.toBe(lineOf('Only devices').slice(-12))
  expect(lineOf('To use {service} together.')).toMatch(/together\.$/)
  expect(lines.at(-2)).toMatch(/ {2}Open it and use it\.$/)
  expect(lines.at(-1)).toMatch(/ Put files in\.$/)
  expect(lines.at(-1)!.split('  ')[0]).not.toBe(lines.at(-2)!.split('  ')[0])
})

it('a manifest that is not in that language is told in its first', () => {
  expect(manifestText(sampleManifest, 'de').text).toContain('{contact} darf {service} benutzen')
  expect(manifestText(sampleManifest, 'fr')).toEqual(manifestText(sampleManifest, 'en'))
  expect(manifestText({ ...sampleManifest, langs: ['de', 'en'] }, 'fr').lang).toBe('de')
})
