/** Sizes of FIFOs that every design shares. */

/** Depth of the FIFO behind every layer: 2 keeps full throughput with registered valid and ready. */
export const STREAM_FIFO_DEPTH = 2;

/** FIFOs of a fork's branches up to this depth are made of registers or distributed RAM, deeper ones of memories. */
export const REGISTER_FIFO_DEPTH = 64;
