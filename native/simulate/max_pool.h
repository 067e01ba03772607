// Max pooling on tensors of one byte an element; zero points do not matter, the order of the bytes is that of the values.
#pragma once

#include "../args.h"

namespace flexor {

void maxPool(const Args&);

}  // namespace flexor
