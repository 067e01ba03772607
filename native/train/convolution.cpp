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

// [batch, height, width, C_in, k_h, k_w, C_out, stride_v, stride_h, top, left, bottom, right]
constexpr int kGeometrySize = 13;
using Geometry = std::array<int32_t, kGeometrySize>;

// The tensors of a convolution as oneDNN names their dimensions.
struct Shapes {
  memory::dims input, filter, output, stride, before, after;

  explicit Shapes(const Geometry& g)
      : input{g[0], g[3], g[1], g[2]},
        filter{g[6], g[3], g[4], g[5]},
        output{g[0], g[6], (g[1] + g[9] + g[11] - g[4]) / g[7] + 1, (g[2] + g[10] + g[12] - g[5]) / g[8] + 1},
        stride{g[7], g[8]},
        before{g[9], g[10]},
        after{g[11], g[12]} {}
};

memory::desc layout(const memory::dims& dims, tag format) { return {dims, memory::data_type::f32, format}; }

int64_t sizeOf(const memory::dims& d) { return d[0] * d[1] * d[2] * d[3]; }

// A compiled convolution or gradient, and room for the filter (or its gradient) in the layout that it wants.
struct Compiled {
  dnnl::primitive primitive;
  memory filter;
};

using Cache = ThreadwiseCache<Geometry, Compiled>;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

dnnl::convolution_forward::primitive_desc forwardPlan(const Shapes& s) {
  return {{dnnl::prop_kind::forward_training, kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any),
           layout(s.output, tag::nhwc), s.stride, s.before, s.after},
          dnnlEngine()};
}

Compiled compileForward(const Shapes& s) {
  const auto plan = forwardPlan(s);
  return {dnnl::convolution_forward(plan), memory(plan.weights_desc(), dnnlEngine())};
}

Compiled compileInputGradient(const Shapes& s) {
  const dnnl::convolution_backward_data::primitive_desc plan(
      {kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any), layout(s.output, tag::nhwc), s.stride, s.before,
       s.after},
      dnnlEngine(), forwardPlan(s));
  return {dnnl::convolution_backward_data(plan), memory(plan.weights_desc(), dnnlEngine())};
}

Compiled compileFilterGradient(const Shapes& s) {
  const dnnl::convolution_backward_weights::primitive_desc plan(
      {kDirect, layout(s.input, tag::nhwc), layout(s.filter, tag::any), layout(s.output, tag::nhwc), s.stride, s.before,
       s.after},
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
  auto given = view(layout(s.filter, tag::hwio), args.floats(2, sizeOf(s.filter)));
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
  auto given = view(layout(s.filter, tag::hwio), args.floats(2, sizeOf(s.filter)));
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
  auto wanted = view(layout(s.filter, tag::hwio), args.floats(3, sizeOf(s.filter)));
  rearrange(filter, wanted);
  dnnlStream().wait();
}

}  // namespace flexor
