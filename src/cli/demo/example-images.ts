import type { Colour } from './example-canvas.ts';
import { Canvas } from './example-canvas.ts';
import { MOTIFS, type Paints } from './example-motifs.ts';
import { encodePng } from './example-png.ts';
import { seededRandom } from './example-random.ts';

/** Of every picture, in pixels. */
export const IMAGE_WIDTH = 640;
export const IMAGE_HEIGHT = 336;

export type Motif = keyof typeof MOTIFS;
export type Palette = keyof typeof PALETTES;

interface PaletteColours extends Paints {
  readonly words: string;
  readonly top: Colour;
  readonly bottom: Colour;
}

function palette(words: string, sky: string, inks: string, accent: string): PaletteColours {
  const [top = BLACK, bottom = BLACK] = sky.split(' ').map(colour);
  const [darkest = BLACK, dark = BLACK, light = BLACK, lightest = BLACK] = inks.split(' ').map(colour);
  const contrast = top[1] < 128 ? lightest : darkest;
  return { words, top, bottom, inks: [darkest, dark, light, lightest], contrast, accent: colour(accent) };
}

const BLACK: Colour = [0, 0, 0];

/** The colour of six hexadecimal digits. */
function colour(hex: string): Colour {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

const PALETTES = {
  dusk: palette('violet and orange', '2b2350 8a4f7d', '3a2f6b 6d4a8f c0708a f2b79f', 'ffb347'),
  sea: palette('deep blue and teal', '0f2b46 2d7f8c', '12395b 1f6f8b 4fb0ae bfe3d8', 'ffd166'),
  moss: palette('green and straw', 'eef0dc c9d9b0', '2f4a36 54784f 93ac6b e3dfae', 'e8833a'),
  ember: palette('red and sand', 'f9e4cf f3b391', '5b1f2b a63d40 d97b4f f6d7a8', 'f2a541'),
  slate: palette('grey and light blue', 'e6ebf0 b4c4d4', '2a3644 52677d 8aa2b8 d9e4ec', 'e76f51'),
  plum: palette('plum and rose', '33142f 7d3560', '4b1d45 84345f c76b8f f4c6d0', '6fd3c8'),
} as const;

const SCENES: Record<Motif, string> = {
  layers: 'plates floating above one another',
  arches: 'a bridge of round arches over still water',
  rings: 'large overlapping circles with rings inside',
  lattice: 'points joined into a net of triangles',
  waves: 'long waves under a low sun',
  tiles: 'a grid of quarter circles',
  orbits: 'small bodies circling a large one',
  peaks: 'mountain ranges one behind the other',
};

/** What a picture shows, for those who do not see it. */
export function imageAlt(image: { motif: Motif; palette: Palette }): string {
  return `Abstract illustration: ${SCENES[image.motif]}, in ${PALETTES[image.palette].words}`;
}

/** Paints a picture; the same seed, motif and palette give the same PNG file, byte for byte. */
export function paintImage(seed: string, image: { motif: Motif; palette: Palette }): Buffer {
  const canvas = new Canvas(IMAGE_WIDTH, IMAGE_HEIGHT);
  const colours = PALETTES[image.palette];
  canvas.sky(colours.top, colours.bottom);
  MOTIFS[image.motif](canvas, colours, seededRandom(seed));
  return encodePng(IMAGE_WIDTH, IMAGE_HEIGHT, canvas.rgb);
}
