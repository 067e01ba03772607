/**
 * Densities of memory macros on the SKY130 process (130 nm), which the cells of hw/cells/flexor130.lib come from too, as
 * outlines of published macros over their bits. Small or oddly shaped memories need more than such a macro a bit.
 */

/** OpenRAM's sky130_sram_2kbyte_1rw1r_32x512_8 (one read-write, one read port): 683.1 µm × 416.54 µm, 16,384 bits. */
export const RAM_UM2_PER_BIT = (683.1 * 416.54) / 16_384;

/** sky130_rom_1kbyte_8x1024 of OpenRAM's second test chip (VLSIDA/openram_testchip2): 174.92 µm × 127.875 µm, 8,192 bits. */
export const ROM_UM2_PER_BIT = (174.92 * 127.875) / 8192;
