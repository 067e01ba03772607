// Convolution and its gradients by oneDNN. Images stay in NHWC, which oneDNN's kernels take as they are; filters are
// rearranged to the layout that the chosen kernel wants, which costs little because they are small.
#include <omp.h>

#include <array>

#include "dnnl_cache.h"
#include "kernels.h"

namespace flexor {
namespace {

using dnnl::memory;
using tag = memory::format_tag;

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

memory::desc layout(const memory::dims& dims, tag format) { return {dims, memory::data_type::f32, format}; }

int64_t sizeOf(const memory::dims& dims) {
  int64_t size = 1;
  for (const int64_t n : dims) size *= n;
  return size;
}

// The filter as JavaScript has it: [k_h, k_w, C_in/G, C_out], the channels of C_out group after group.
memory::desc givenFilter(const memory::dims& d) {
  if (d.size() == 4) return layout(d, tag::hwio);
  const int64_t out = d[0] * d[1];
  return {d, memory::data_type::f32, memory::dims{d[1], 1, out, d[4] * d[2] * out, d[2] * out}};
}

// A compiled convolution or gradient, and room for the filter (or its gradient) in the layout that it wants.
struct Compiled {
  dnnl::primitive primitive;
  memory filter;
};

using Cache = ThreadwiseCache<Geometry, Compiled>;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

dnnl::convolution_forward::primitive_desc forwardPlan(const Shapes& s) {
  return {{dnnl::prop_kind::forward_training, kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any),
           layout(s.output, tag::nhwc), s.stride, s.dilation, s.before, s.after},
          dnnlEngine()};
}

Compiled compileForward(const Shapes& s) {
  const auto plan = forwardPlan(s);
  return {dnnl::convolution_forward(plan), memory(plan.weights_desc(), dnnlEngine())};
}

Compiled compileInputGradient(const Shapes& s) {
  const dnnl::convolution_backward_data::primitive_desc plan(
      {kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any), layout(s.output, tag::nhwc), s.stride, s.dilation,
       s.before, s.after},
      dnnlEngine(), forwardPlan(s));
  return {dnnl::convolution_backward_data(plan), memory(plan.weights_desc(), dnnlEngine())};
}

Compiled compileFilterGradient(const Shapes& s) {
  const dnnl::convolution_backward_weights::primitive_desc plan(
      {kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any), layout(s.output, tag::nhwc), s.stride, s.dilation,
       s.before, s.after},
      dnnlEngine(), forwardPlan(s));
  return {dnnl::convolution_backward_weights(plan), memory(plan.diff_weights_desc(), dnnlEngine())};
}

Geometry geometry(const Args& args) {
  const int32_t* values = args.ints(0, kGeometrySize);
  Geometry g;
  std::copy_n(values, kGeometrySize, g.begin());
  return g;
}

void rearrange(memory& from, memory& to) { dnnl::reorder(from, to).execute(dnnlStream(), from, to); }

}  // namespace

// geometry, x, filter, y: y = x ∗ filter.
void conv2d(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter] = cache.get(g, omp_get_max_threads(), [&] { return compileForward(s); });
  auto given = view(givenFilter(s.filter), args.floats(2, sizeOf(s.filter)));
  rearrange(given, filter);
  primitive.execute(dnnlStream(), {{DNNL_ARG_SRC, view(layout(s.input, tag::nhwc), args.floats(1, sizeOf(s.input)))},
                                   {DNNL_ARG_WEIGHTS, filter},
                                   {DNNL_ARG_DST, view(layout(s.output, tag::nhwc), args.floats(3, sizeOf(s.output)))}});
  dnnlStream().wait();
}

// geometry, dy, filter, dx: dx = ∂L/∂x.
void conv2dInputGradient(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter] = cache.get(g, omp_get_max_threads(), [&] { return compileInputGradient(s); });
  auto given = view(givenFilter(s.filter), args.floats(2, sizeOf(s.filter)));
  rearrange(given, filter);
  primitive.execute(dnnlStream(),
                    {{DNNL_ARG_DIFF_DST, view(layout(s.output, tag::nhwc), args.floats(1, sizeOf(s.output)))},
                     {DNNL_ARG_WEIGHTS, filter},
                     {DNNL_ARG_DIFF_SRC, view(layout(s.input, tag::nhwc), args.floats(3, sizeOf(s.input)))}});
  dnnlStream().wait();
}

// geometry, x, dy, df: df = ∂L/∂filter.
void conv2dFilterGradient(const Args& args) {
  static Cache& cache = *new Cache;
  const Geometry g = geometry(args);
  const Shapes s(g);
  auto& [primitive, filter] = cache.get(g, omp_get_max_threads(), [&] { return compileFilterGradient(s); });
  primitive.execute(dnnlStream(),
                    {{DNNL_ARG_SRC, view(layout(s.input, tag::nhwc), args.floats(1, sizeOf(s.input)))},
                     {DNNL_ARG_DIFF_DST, view(layout(s.output, tag::nhwc), args.floats(2, sizeOf(s.output)))},
                     {DNNL_ARG_DIFF_WEIGHTS, filter}});
  auto wanted = view(givenFilter(s.filter), args.floats(3, sizeOf(s.filter)));
  rearrange(filter, wanted);
  dnnlStream().wait();
}

}  // namespace flexor
