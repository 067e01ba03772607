/** The optimisers: how a parameter follows its gradient. Adam is in adam.ts; this is stochastic gradient descent with momentum. */

export const OPTIMISERS = ['adam', 'sgd', 'nesterov'] as const;
export type OptimiserKind = (typeof OPTIMISERS)[number];

/** Arrays that an optimiser remembers for each parameter. */
export const MOMENTS: Readonly<Record<OptimiserKind, number>> = { adam: 2, sgd: 1, nesterov: 1 };

/** Latent weights; encrypted weights; all else: α, scales of baselines, batch norms, biases. */
export const ROLES = ['weights', 'encrypted', 'scales'] as const;
export type Role = (typeof ROLES)[number];

export interface OptimiserSpec {
  readonly optimiser: OptimiserKind;
  /** Of sgd and nesterov. */
  readonly momentum: number;
  readonly weightDecay: number;
  /** What weight decay acts on. */
  readonly decayOn: readonly Role[];
}

export interface MomentumSpec {
  /** Share of the velocity that is kept. */
  readonly momentum: number;
  /** λ: adds λ·w to the gradient. */
  readonly weightDecay: number;
  /** Looks ahead along the velocity (Sutskever et al., 2013), as PyTorch writes it. */
  readonly nesterov: boolean;
}

/** Holds every value within ±limit, in place. */
export function clip(values: Float32Array, limit: number): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(-limit, Math.min(limit, values[i]!));
}

/** v ← μ·v + g, w ← w − rate·v with g the decayed gradient; Nesterov: w ← w − rate·(g + μ·v). In place. */
export function momentumStep(
  values: Float32Array,
  gradient: Float32Array,
  velocity: Float32Array,
  rate: number,
  { momentum, weightDecay, nesterov }: MomentumSpec,
): void {
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i]! + weightDecay * values[i]!;
    const v = momentum * velocity[i]! + g;
    velocity[i] = v;
    values[i]! -= rate * (nesterov ? g + momentum * v : v);
  }
}
