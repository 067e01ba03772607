// Convolution and its gradients by oneDNN. Images stay in NHWC, which oneDNN's kernels take as they are; filters are
// rearranged to the layout that the chosen kernel wants, which costs little because they are small. With bfloat16 operands
// both factors of every product are rounded to it first; products and sums are float32, as are all tensors outside.
#include <omp.h>

#include <array>
#include <stdexcept>

#include "dnnl_cache.h"
#include "kernels.h"

namespace flexor {
namespace {

using dnnl::memory;
using tag = memory::format_tag;
using type = memory::data_type;

// What operands are rounded to.
type operands = type::f32;

// [batch, height, width, C_in, k_h, k_w, C_out, stride_v, stride_h, top, left, bottom, right, dilation_v, dilation_h,
// groups]
constexpr int kGeometrySize = 16;
using Geometry = std::array<int32_t, kGeometrySize>;

// The number of window positions; a window's taps are `dilation` apart.
int32_t positions(int32_t size, int32_t padding, int32_t kernel, int32_t dilation, int32_t stride) {
  return (size + padding - ((kernel - 1) * dilation + 1)) / stride + 1;
}

// The tensors of a convolution as oneDNN names their dimensions. A filter for several groups has them as a dimension of its
// own, in front; dilation counts the pixels between two taps.
struct Shapes {
  memory::dims input, filter, output, stride, dilation, before, after;

  explicit Shapes(const Geometry& g)
      : input{g[0], g[3], g[1], g[2]},
        filter{g[6] / g[15], g[3] / g[15], g[4], g[5]},
        output{g[0], g[6], positions(g[1], g[9] + g[11], g[4], g[13], g[7]),
               positions(g[2], g[10] + g[12], g[5], g[14], g[8])},
        stride{g[7], g[8]},
        dilation{g[13] - 1, g[14] - 1},
        before{g[9], g[10]},
        after{g[11], g[12]} {
    if (g[15] > 1) filter.insert(filter.begin(), g[15]);
  }
};

memory::desc layout(const memory::dims& dims, tag format) { return {dims, type::f32, format}; }

memory::desc operandLayout(const memory::dims& dims, tag format) { return {dims, operands, format}; }

int64_t sizeOf(const memory::dims& dims) {
  int64_t size = 1;
  for (const int64_t n : dims) size *= n;
  return size;
}

// The filter as JavaScript has it: [k_h, k_w, C_in/G, C_out], the channels of C_out group after group.
memory::desc givenFilter(const memory::dims& d) {
  if (d.size() == 4) return layout(d, tag::hwio);
  const int64_t out = d[0] * d[1];
  return {d, type::f32, memory::dims{d[1], 1, out, d[4] * d[2] * out, d[2] * out}};
}

void rearrange(memory& from, memory& to) { dnnl::reorder(from, to).execute(dnnlStream(), from, to); }

// An operand of a convolution: the tensor itself, or a copy that is rounded.
class Operand {
 public:
  explicit Operand(const memory::dims& dims) : given_(layout(dims, tag::nhwc)), wanted_(operandLayout(dims, tag::nhwc)) {}

  memory of(float* data) {
    auto tensor = view(given_, data);
    if (wanted_ == given_) return tensor;
    if (!rounded_) rounded_ = memory(wanted_, dnnlEngine());
    rearrange(tensor, rounded_);
    return rounded_;
  }

 private:
  memory::desc given_, wanted_;
  memory rounded_;
};

// A compiled convolution or gradient, and room for the filter (or its gradient) in the layout that it wants.
struct Compiled {
  dnnl::primitive primitive;
  memory filter;
  Operand input, output;
};

using Cache = ThreadwiseCache<std::pair<type, Geometry>, Compiled>;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

dnnl::convolution_forward::primitive_desc forwardPlan(const Shapes& s) {
  return {{dnnl::prop_kind::forward_training, kDirect, operandLayout(s.input, tag::nhwc),
           operandLayout(s.filter, tag::any), layout(s.output, tag::nhwc), s.stride, s.dilation, s.before, s.after},
          dnnlEngine()};
}

Compiled compileForward(const Shapes& s) {
  const auto plan = forwardPlan(s);
  return {dnnl::convolution_forward(plan), memory(plan.weights_desc(), dnnlEngine()), Operand(s.input),
          Operand(s.output)};
}

Compiled compileInputGradient(const Shapes& s) {
  const dnnl::convolution_backward_data::primitive_desc plan(
      {kDirect, layout(s.input, tag::nhwc), operandLayout(s.filter, tag::any), operandLayout(s.output, tag::nhwc),
       s.stride, s.dilation, s.before, s.after},
      dnnlEngine(), forwardPlan(s));
  return {dnnl::convolution_backward_data(plan), memory(plan.weights_desc(), dnnlEngine()), Operand(s.input),
          Operand(s.output)};
}

Compiled compileFilterGradient(const Shapes& s) {
  const dnnl::convolution_backward_weights::primitive_desc plan(
      {kDirect, operandLayout(s.input, tag::nhwc), layout(s.filter, tag::any), operandLayout(s.output, tag::nhwc),
       s.stride, s.dilation, s.before, s.after},
      dnnlEngine(), forwardPlan(s));
  return {dnnl::convolution_backward_weights(plan), memory(plan.diff_weights_desc(), dnnlEngine()), Operand(s.input),
          Operand(s.output)};
}

Geometry geometry(const Args& args) {
  const int32_t* values = args.ints(0, kGeometrySize);
  Geometry g;
  std::copy_n(values, kGeometrySize, g.begin());
  return g;
}

template <typename Compile>
Compiled& compiled(Cache& cache, const Geometry& g, Compile compile) {
  return cache.get({operands, g}, omp_get_max_threads(), compile);
}

}  // namespace

// bits: 32 for float32 operands, 16 for bfloat16 ones, which are refused where the processor cannot multiply them.
void setOperandBits(const Args& args) {
  const bool rounded = args.integer(0) == 16;
  if (rounded && !__builtin_cpu_supports("avx512bf16")) {
    throw std::invalid_argument("this processor has no products of bfloat16 (AVX512_BF16)");
  }
  operands = rounded ? type::bf16 : type::f32;
}

// geometry, x, filter, y: y = x ∗ filter.
void conv2d(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter, input, output] = compiled(cache, g, [&] { return compileForward(s); });
  auto given = view(givenFilter(s.filter), args.floats(2, sizeOf(s.filter)));
  rearrange(given, filter);
  primitive.execute(dnnlStream(), {{DNNL_ARG_SRC, input.of(args.floats(1, sizeOf(s.input)))},
                                   {DNNL_ARG_WEIGHTS, filter},
                                   {DNNL_ARG_DST, view(layout(s.output, tag::nhwc), args.floats(3, sizeOf(s.output)))}});
  dnnlStream().wait();
}

// geometry, dy, filter, dx: dx = ∂L/∂x.
void conv2dInputGradient(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter, input, output] = compiled(cache, g, [&] { return compileInputGradient(s); });
  auto given = view(givenFilter(s.filter), args.floats(2, sizeOf(s.filter)));
  rearrange(given, filter);
  primitive.execute(dnnlStream(),
                    {{DNNL_ARG_DIFF_DST, output.of(args.floats(1, sizeOf(s.output)))},
                     {DNNL_ARG_WEIGHTS, filter},
                     {DNNL_ARG_DIFF_SRC, view(layout(s.input, tag::nhwc), args.floats(3, sizeOf(s.input)))}});
  dnnlStream().wait();
}

// geometry, x, dy, df: df = ∂L/∂filter.
void conv2dFilterGradient(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter, input, output] = compiled(cache, g, [&] { return compileFilterGradient(s); });
  primitive.execute(dnnlStream(),
                    {{DNNL_ARG_SRC, input.of(args.floats(1, sizeOf(s.input)))},
                     {DNNL_ARG_DIFF_DST, output.of(args.floats(2, sizeOf(s.output)))},
                     {DNNL_ARG_DIFF_WEIGHTS, filter}});
  auto wanted = view(givenFilter(s.filter), args.floats(3, sizeOf(s.filter)));
  rearrange(filter, wanted);
  dnnlStream().wait();
}

}  // namespace flexor
