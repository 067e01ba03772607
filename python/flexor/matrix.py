"""M⊕, the XOR circuit of a layer: a tensor uint8 [N_out, N_in] of 0 and 1. Row r says which of the N_in stored bits of a
slice are added modulo 2 to give weight bit r of the slice (paper, section 2)."""
import torch


def systematic(n_in: int, n_out: int, seed: int = 1) -> torch.Tensor:
    """The first N_in weight bits of a slice are the stored bits themselves, each further one is the sum of two.

    Of rank N_in: no stored bit is wasted. No two rows are equal as long as there are pairs left, so that no two weights of
    a slice are always the same. Needs 2 ≤ N_in ≤ N_out.
    """
    if not 2 <= n_in <= n_out:
        raise ValueError(f"a systematic M⊕ needs N_in from 2 to N_out, got {n_in} and {n_out}")
    further = n_out - n_in
    pairs = torch.combinations(torch.arange(n_in), 2)
    order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed))
    chosen = pairs[order.repeat(-(-further // len(pairs)))[:further]]
    return torch.cat([identity(n_in), torch.zeros(further, n_in, dtype=torch.uint8).scatter_(1, chosen, 1)])


def taps(n_in: int, n_out: int, ones: int = 2, seed: int = 1) -> torch.Tensor:
    """Exactly `ones` ones in every row, at random places (the paper's N_tap). With two of them the rank is at most N_in − 1."""
    if not 1 <= ones <= n_in or n_out < 1:
        raise ValueError(f"M⊕ needs at least one row and from 1 to N_in = {n_in} ones in each, got {n_out} rows of {ones}")
    random = torch.Generator().manual_seed(seed)
    matrix = torch.zeros(n_out, n_in, dtype=torch.uint8)
    for row in matrix:
        row[torch.randperm(n_in, generator=random)[:ones]] = 1
    return matrix


def identity(n: int) -> torch.Tensor:
    """Stored bits are the weight bits: plain binary codes, one bit a weight."""
    return torch.eye(n, dtype=torch.uint8)


def checked(matrix: torch.Tensor) -> torch.Tensor:
    """The matrix as uint8 on the CPU; an error where it is none."""
    matrix = torch.as_tensor(matrix).cpu()
    if matrix.dim() != 2 or not all(1 <= side <= 512 for side in matrix.shape):
        raise ValueError(f"M⊕ must have two dimensions of 1 to 512 each, [N_out, N_in], got {list(matrix.shape)}")
    if not torch.all((matrix == 0) | (matrix == 1)) or not torch.all(matrix.sum(1) > 0):
        raise ValueError("M⊕ must hold 0 and 1 only, with a 1 in every row")
    return matrix.to(torch.uint8)
