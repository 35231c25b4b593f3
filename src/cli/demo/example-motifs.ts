import type { Canvas, Colour } from './example-canvas.ts';
import { below, both, disc, ellipse, line, mix, polygon, without } from './example-canvas.ts';
import type { Random } from './example-random.ts';

/** What a motif paints with; the sky is there already. */
export interface Paints {
  /** From the darkest to the lightest. */
  readonly inks: readonly [Colour, Colour, Colour, Colour];
  /** The ink that stands out most against the sky. */
  readonly contrast: Colour;
  /** The one bright colour, for a sun or a few dots. */
  readonly accent: Colour;
}

type Paint = (canvas: Canvas, paints: Paints, random: Random) => void;

const BLACK: Colour = [0, 0, 0];

const between = (random: Random, least: number, most: number) => least + random() * (most - least);
const inkAt = (paints: Paints, index: number): Colour => paints.inks[index % 4] ?? paints.accent;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Plates that float above one another, seen over a corner. */
const layers: Paint = (canvas, paints, random) => {
  const count = 4 + Math.floor(random() * 2);
  const [reach, depth, thick] = [canvas.width * 0.27, canvas.height * 0.21, 14];
  const cx = canvas.width * between(random, 0.36, 0.64);
  const lit = Math.floor(random() * (count - 1)) + 1;
  for (const plate of upTo(count)) {
    const cy = canvas.height * (0.74 - (plate * 0.5) / (count - 1));
    const ink = plate === lit ? paints.accent : inkAt(paints, plate);
    const side = (x: number): [number, number][] => [
      [x, cy],
      [cx, cy + depth],
      [cx, cy + depth + thick],
      [x, cy + thick],
    ];
    canvas.paint(polygon(side(cx - reach)), mix(ink, BLACK, 0.22));
    canvas.paint(polygon(side(cx + reach)), mix(ink, BLACK, 0.42));
    const top = polygon([
      [cx - reach, cy],
      [cx, cy - depth],
      [cx + reach, cy],
      [cx, cy + depth],
    ]);
    canvas.paint(top, ink, 0.94);
  }
};

/** A bridge of round arches over water, with its reflection and a sun. */
const arches: Paint = (canvas, paints, random) => {
  const [shore, top] = [canvas.height * 0.68, canvas.height * 0.38];
  const spans = 3 + Math.floor(random() * 2);
  const span = canvas.width / spans;
  const shift = span * between(random, 0.2, 0.8);
  canvas.paint(
    disc(canvas.width * between(random, 0.2, 0.8), top * between(random, 0.5, 0.8), 42),
    paints.accent,
  );
  canvas.paint(
    below(() => shore),
    inkAt(paints, 1),
  );
  for (const [edge, crown, ink, opacity] of [
    [top, shore, paints.contrast, 1],
    [shore * 2 - top, shore, paints.contrast, 0.3],
  ] as const) {
    let wall = polygon([
      [0, edge],
      [canvas.width, edge],
      [canvas.width, crown],
      [0, crown],
    ]);
    for (const arch of upTo(spans + 1))
      wall = without(wall, ellipseDisc(shift + (arch - 0.5) * span, crown, span * 0.41, (shore - top) * 0.8));
    canvas.paint(wall, ink, opacity);
  }
  for (const ripple of upTo(7)) {
    const y = shore + 14 + ripple * 14;
    const x = canvas.width * random();
    canvas.paint(line(x, y, x + 40 + 90 * random(), y, 2.5), inkAt(paints, 3), 0.5);
  }
};

/** A filled ellipse: what `ellipse` draws the line around. */
function ellipseDisc(cx: number, cy: number, rx: number, ry: number) {
  const edge = ellipse(cx, cy, rx, ry, 0);
  const inside = (x: number, y: number) => Math.hypot((x - cx) / rx, (y - cy) / ry) < 1;
  return { ...edge, distance: (x: number, y: number) => (inside(x, y) ? -1 : 1) * edge.distance(x, y) };
}

/** Large circles that overlap, with rings within. */
const rings: Paint = (canvas, paints, random) => {
  const cy = canvas.height / 2;
  const count = 3 + Math.floor(random() * 2);
  for (const index of upTo(count)) {
    const cx = canvas.width * ((index + 0.9) / (count + 0.8));
    const radius = canvas.height * between(random, 0.26, 0.4);
    const y = cy + canvas.height * between(random, -0.12, 0.12);
    canvas.paint(disc(cx, y, radius), inkAt(paints, index), 0.78);
    for (const ring of upTo(3))
      canvas.paint(
        ellipse(cx, y, radius * (0.82 - ring * 0.2), radius * (0.82 - ring * 0.2), 2.5),
        inkAt(paints, index + 2),
        0.8,
      );
    canvas.paint(disc(cx, y, radius * 0.2), index === 1 ? paints.accent : inkAt(paints, index + 3));
  }
};

/** Points joined into a net. */
const lattice: Paint = (canvas, paints, random) => {
  const [columns, rows] = [8, 5];
  const [stepX, stepY] = [canvas.width / (columns - 1.6), canvas.height / (rows - 1.6)];
  const points = upTo(rows).map((row) =>
    upTo(columns).map((column): [number, number] => [
      (column - 0.3 + (row % 2) / 2 + between(random, -0.2, 0.2) - 0.4) * stepX,
      (row - 0.3 + between(random, -0.2, 0.2)) * stepY,
    ]),
  );
  const pointAt = (row: number, column: number) => points[row]?.[column];
  const each = (visit: (row: number, column: number, at: [number, number]) => void) => {
    for (const [row, line] of points.entries())
      for (const [column, at] of line.entries()) visit(row, column, at);
  };
  each((row, column, at) => {
    const [right, under] = [pointAt(row, column + 1), pointAt(row + 1, column + (row % 2))];
    if (right && under)
      canvas.paint(polygon([at, right, under]), inkAt(paints, Math.floor(random() * 4)), 0.55);
  });
  each((row, column, at) => {
    const ends = [
      pointAt(row, column + 1),
      pointAt(row + 1, column + (row % 2)),
      pointAt(row + 1, column + (row % 2) - 1),
    ];
    for (const end of ends) if (end) canvas.paint(line(...at, ...end, 1.8), paints.contrast, 0.75);
  });
  each((_row, _column, at) => {
    const bright = random() < 0.22;
    canvas.paint(disc(...at, bright ? 10 : 5), bright ? paints.accent : paints.contrast);
  });
};

/** Long waves under a sun. */
const waves: Paint = (canvas, paints, random) => {
  const sunX = canvas.width * between(random, 0.22, 0.78);
  canvas.paint(disc(sunX, canvas.height * 0.36, 58), paints.accent);
  const count = 4;
  for (const wave of upTo(count)) {
    const [level, swing] = [
      canvas.height * (0.42 + wave * 0.16),
      canvas.height * between(random, 0.05, 0.09),
    ];
    const [length, phase] = [canvas.width * between(random, 0.32, 0.6), random() * Math.PI * 2];
    const shape = below((x) => level + Math.sin((x / length) * Math.PI * 2 + phase) * swing);
    canvas.paint(shape, inkAt(paints, count - 1 - wave), 0.9);
  }
};

/** Quarter circles in a grid. */
const tiles: Paint = (canvas, paints, random) => {
  const size = canvas.height / 4;
  for (const row of upTo(4))
    for (const column of upTo(Math.ceil(canvas.width / size))) {
      const [x, y] = [column * size, row * size];
      const square = polygon([
        [x, y],
        [x + size, y],
        [x + size, y + size],
        [x, y + size],
      ]);
      const ground = Math.floor(random() * 4);
      const ink = ground + 1 + Math.floor(random() * 3);
      canvas.paint(square, inkAt(paints, ground));
      const [cornerX, cornerY] = [x + (random() < 0.5 ? 0 : size), y + (random() < 0.5 ? 0 : size)];
      canvas.paint(both(square, disc(cornerX, cornerY, size)), inkAt(paints, ink));
      const small = random() < 0.18 ? paints.accent : inkAt(paints, ground);
      if (random() < 0.6) canvas.paint(both(square, disc(cornerX, cornerY, size * 0.5)), small);
    }
};

/** Small bodies on their ways round a large one. */
const orbits: Paint = (canvas, paints, random) => {
  const [cx, cy] = [canvas.width * between(random, 0.4, 0.6), canvas.height * 0.5];
  for (const dot of upTo(40)) {
    const size = dot % 8 === 0 ? 2.2 : 1.2;
    canvas.paint(disc(canvas.width * random(), canvas.height * random(), size), paints.contrast, 0.5);
  }
  canvas.paint(disc(cx, cy, 84), paints.accent, 0.16);
  canvas.paint(disc(cx, cy, 54), paints.accent);
  for (const orbit of upTo(4)) {
    const [rx, ry] = [100 + orbit * 58, 66 + orbit * 28];
    canvas.paint(ellipse(cx, cy, rx, ry, 2), paints.contrast, 0.55);
    const angle = random() * Math.PI * 2;
    const radius = between(random, 9, 21);
    canvas.paint(
      disc(cx + Math.cos(angle) * rx, cy + Math.sin(angle) * ry, radius),
      mix(inkAt(paints, orbit), paints.contrast, 0.4),
    );
    canvas.paint(disc(cx - Math.cos(angle) * rx, cy - Math.sin(angle) * ry, 5), paints.contrast);
  }
};

/** Mountains one behind the other. */
const peaks: Paint = (canvas, paints, random) => {
  canvas.paint(disc(canvas.width * between(random, 0.2, 0.8), canvas.height * 0.3, 44), paints.accent);
  for (const range of upTo(4)) {
    const step = canvas.width / (3 + range);
    const start = -step * random();
    const heights = upTo(24).map((point) => {
      const foot = canvas.height * (0.55 + range * 0.13);
      return point % 2 === 0 ? foot + 40 : foot - canvas.height * between(random, 0.08, 0.3 - range * 0.04);
    });
    const ridge = (x: number) => {
      const place = (x - start) / (step / 2);
      const [left, right] = [heights[Math.floor(place)] ?? 0, heights[Math.floor(place) + 1] ?? 0];
      return left + (right - left) * (place - Math.floor(place));
    };
    canvas.paint(below(ridge), inkAt(paints, 3 - range));
  }
};

/** The pictures that the example site can paint. */
export const MOTIFS = { layers, arches, rings, lattice, waves, tiles, orbits, peaks } as const;
