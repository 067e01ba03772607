// Matrix products by oneDNN; operands may be read transposed, nothing is copied.
#include <omp.h>

#include <array>

#include "dnnl_cache.h"
#include "kernels.h"

namespace flexor {

// [rows, inner, columns, transposeA, transposeB], a, b, y: y [rows, columns] = a [rows, inner] · b [inner, columns], where
// a transposed operand is stored the other way round.
void matMul(const Args& args) {
  using dnnl::memory;
  using Cache = ThreadwiseCache<std::array<int32_t, 5>, dnnl::matmul>;
  static Cache& cache = *new Cache;
  const int32_t* shape = args.ints(0, 5);
  const int64_t rows = shape[0], inner = shape[1], columns = shape[2];
  const auto layout = [](int64_t height, int64_t width, bool transposed) {
    const auto format = transposed ? memory::format_tag::ba : memory::format_tag::ab;
    return memory::desc({height, width}, memory::data_type::f32, format);
  };
  const auto a = layout(rows, inner, shape[3] != 0);
  const auto b = layout(inner, columns, shape[4] != 0);
  const auto y = layout(rows, columns, false);
  auto& product = cache.get({shape[0], shape[1], shape[2], shape[3], shape[4]}, omp_get_max_threads(),
                            [&] { return dnnl::matmul({{a, b, y}, dnnlEngine()}); });
  product.execute(dnnlStream(), {{DNNL_ARG_SRC, view(a, args.floats(1, rows * inner))},
                                 {DNNL_ARG_WEIGHTS, view(b, args.floats(2, inner * columns))},
                                 {DNNL_ARG_DST, view(y, args.floats(3, rows * columns))}});
  dnnlStream().wait();
}

}  // namespace flexor
