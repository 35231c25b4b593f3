/** Red, green and blue, each from 0 to 255. */
export type Colour = readonly [number, number, number];

/** A colour between two: `share` 0 gives the first, 1 the second. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const at = (channel: 0 | 1 | 2) => a[channel] + (b[channel] - a[channel]) * share;
  return [at(0), at(1), at(2)];
}

/** A shape: how far a point lies outside of it, in pixels (negative inside), and the box that it stays in. */
export interface Shape {
  readonly distance: (x: number, y: number) => number;
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
}

const EVERYWHERE: Shape['box'] = [0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

export function disc(cx: number, cy: number, radius: number): Shape {
  return {
    distance: (x, y) => Math.hypot(x - cx, y - cy) - radius,
    box: [cx - radius, cy - radius, cx + radius, cy + radius],
  };
}

/** The line around an ellipse, `width` thick; its distance is a first-order estimate, good for thin lines. */
export function ellipse(cx: number, cy: number, rx: number, ry: number, width: number): Shape {
  return {
    distance: (x, y) => {
      const [u, v] = [(x - cx) / rx, (y - cy) / ry];
      const slope = Math.hypot(u / rx, v / ry) || 1;
      return Math.abs((Math.hypot(u, v) - 1) * Math.hypot(u, v)) / slope - width / 2;
    },
    box: [cx - rx - width, cy - ry - width, cx + rx + width, cy + ry + width],
  };
}

/** A line with round ends. */
export function line(x0: number, y0: number, x1: number, y1: number, width: number): Shape {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy || 1;
  return {
    distance: (x, y) => {
      const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
      return Math.hypot(x - x0 - along * dx, y - y0 - along * dy) - width / 2;
    },
    box: [
      Math.min(x0, x1) - width,
      Math.min(y0, y1) - width,
      Math.max(x0, x1) + width,
      Math.max(y0, y1) + width,
    ],
  };
}

/** A convex polygon, its corners in order, either way round. */
export function polygon(corners: readonly (readonly [number, number])[]): Shape {
  const sides = corners.map(([x0, y0], index) => {
    const [x1, y1] = corners[(index + 1) % corners.length] ?? [x0, y0];
    return { x0, y0, x1, y1 };
  });
  const area = sides.reduce((sum, { x0, y0, x1, y1 }) => sum + x0 * y1 - x1 * y0, 0);
  const edges = sides.map(({ x0, y0, x1, y1 }) => {
    const length = Math.hypot(x1 - x0, y1 - y0) * Math.sign(area) || 1;
    return { x0, y0, nx: (y1 - y0) / length, ny: (x0 - x1) / length };
  });
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    distance: (x, y) => Math.max(...edges.map((edge) => (x - edge.x0) * edge.nx + (y - edge.y0) * edge.ny)),
    box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
  };
}

/** Everything below a line that runs from the left to the right, given by its height at each x. */
export function below(height: (x: number) => number): Shape {
  return {
    distance: (x, y) => (height(x) - y) / Math.hypot(1, height(x + 0.5) - height(x - 0.5)),
    box: EVERYWHERE,
  };
}

/** What lies in both. */
export function both(a: Shape, b: Shape): Shape {
  return {
    distance: (x, y) => Math.max(a.distance(x, y), b.distance(x, y)),
    box: [
      Math.max(a.box[0], b.box[0]),
      Math.max(a.box[1], b.box[1]),
      Math.min(a.box[2], b.box[2]),
      Math.min(a.box[3], b.box[3]),
    ],
  };
}

/** What lies in the first and not in the second. */
export function without(a: Shape, b: Shape): Shape {
  return { distance: (x, y) => Math.max(a.distance(x, y), -b.distance(x, y)), box: a.box };
}

/** A picture of coloured pixels, painted shape over shape with smooth edges. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Rows of red, green, blue. */
  readonly rgb: Uint8ClampedArray;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.rgb = new Uint8ClampedArray(width * height * 3);
  }

  /** Fills the whole picture, from one colour at the top to another at the bottom. */
  sky(top: Colour, bottom: Colour): void {
    for (let y = 0; y < this.height; y += 1) {
      const share = y / (this.height - 1);
      for (let x = 0; x < this.width; x += 1) {
        this.#blend(x, y, top, 1);
        this.#blend(x, y, bottom, share);
      }
    }
  }

  /** Paints a shape; `opacity` from 0 to 1. */
  paint(shape: Shape, colour: Colour, opacity = 1): void {
    const [left, top, right, bottom] = shape.box;
    const [toX, toY] = [
      Math.min(this.width, Math.ceil(right) + 1),
      Math.min(this.height, Math.ceil(bottom) + 1),
    ];
    for (let y = Math.max(0, Math.floor(top) - 1); y < toY; y += 1)
      for (let x = Math.max(0, Math.floor(left) - 1); x < toX; x += 1) {
        const cover = 0.5 - shape.distance(x + 0.5, y + 0.5);
        if (cover > 0) this.#blend(x, y, colour, Math.min(1, cover) * opacity);
      }
  }

  #blend(x: number, y: number, colour: Colour, share: number): void {
    const at = (y * this.width + x) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const old = this.rgb[at + channel] ?? 0;
      this.rgb[at + channel] = old + ((colour[channel] ?? 0) - old) * share;
    }
  }
}
