import type { ManifestBody } from '@porchlight/core'
export type Card = never; export type CardInput = ManifestBody; export type CardLine = never
export declare function renderCard(input: CardInput): Card
export declare function cardHash(text: string): string
