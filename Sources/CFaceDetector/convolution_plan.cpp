#include "convolution_plan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "inference.h"

namespace examface {
namespace {

// docs/model-plan.md. A word is 32 bits.
constexpr char kMagic[8] = {'E', 'X', 'A', 'M', 'P', 'L', 'A', 'N'};
constexpr uint32_t kVersion = 1;
constexpr size_t kContentAt = 16, kHeadAt = kContentAt + 32;
constexpr size_t kNameBytes = 16;
constexpr uint32_t kLargestSide = 4096, kMostChannels = 4096, kLargestBorder = 16, kLargestKernel = 7;
constexpr uint32_t kMostSteps = 1024, kMostOutputs = 16, kMostParts = 16;
/// Of a file, and of all activations together.
constexpr size_t kMostBytes = size_t{256} << 20, kMostFloats = kMostBytes / sizeof(float);
enum Flag : uint32_t {
  kDepthwise = 1,
  kRectifiesDepthwise = 2,
  kTransposed = 4,
  kRectifies = 8,
  kAddsPooled = 16,
  kAddsLast = 32,
  kAllFlags = 63
};
enum OutputFlag : uint32_t { kPlanar = 1, kSigmoid = 2, kAllOutputFlags = 3 };

void require(bool condition, const char *text) {
  if (!condition) {
    throw BadModel(text);
  }
}

}  // namespace

/// Takes a plan apart, from front to back. All counts are bounded before anything is made of them, and no product of them
/// can leave 64 bits.
class ConvolutionPlan::Reader {
 public:
  Reader(ConvolutionPlan &plan, size_t count) : plan_(plan), count_(count) {}

  void read() {
    at_ = kHeadAt;
    Activation input{count(1, kLargestSide), count(1, kLargestSide), kInputChannels, count(0, kLargestBorder)};
    store(input);
    const int steps = count(1, kMostSteps), outputs = count(1, kMostOutputs);
    require(word() == kBlock, "its blocks are of another size");
    for (int index = 0; index < steps; index++) {
      read_step();
    }
    for (int index = 0; index < outputs; index++) {
      read_output();
    }
    constexpr size_t kBlockBytes = kBlock * sizeof(float);
    at_ = (at_ + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    for (Step &step : plan_.steps_) {
      place_weights(step);
    }
    require(at_ == count_, "it goes on behind its weights");
  }

 private:
  const uint8_t *take(size_t bytes) {
    require(at_ <= count_ && bytes <= count_ - at_, "it ends too early");
    at_ += bytes;
    return reinterpret_cast<const uint8_t *>(plan_.content_.data()) + at_ - bytes;
  }

  uint32_t word() {
    uint32_t value;
    std::memcpy(&value, take(sizeof value), sizeof value);
    return value;
  }

  int count(uint32_t least, uint32_t most) {
    const uint32_t value = word();
    require(value >= least && value <= most, "one of its counts is out of bounds");
    return static_cast<int>(value);
  }

  int origin() {
    const int value = static_cast<int>(word());
    require(value >= -int{kLargestBorder} && value <= int{kLargestBorder}, "a step reads far beyond its input");
    return value;
  }

  void store(const Activation &activation) {
    const int border = 2 * activation.border;
    require_room(
        static_cast<size_t>(activation.rows + border) * static_cast<size_t>(activation.columns + border) *
        in_blocks(activation.channels));
    plan_.activations_.push_back(activation);
  }

  void require_room(size_t floats) {
    floats_ += floats;
    require(floats_ <= kMostFloats, "it needs too much memory");
  }

  void read_step() {
    const auto made = static_cast<uint32_t>(plan_.steps_.size());
    Step step{};
    step.in = count(0, made);
    Activation out{count(1, kLargestSide), count(1, kLargestSide), count(1, kMostChannels), count(0, kLargestBorder)};
    const auto flags = static_cast<uint32_t>(count(0, kAllFlags));
    step.has_depthwise = flags & kDepthwise;
    step.is_transposed = flags & kTransposed;
    step.adds_pooled = flags & kAddsPooled;
    Pass &pass = step.pass;
    pass.rectifies_depthwise = flags & kRectifiesDepthwise;
    pass.rectifies = flags & kRectifies;
    pass.adds_last = flags & kAddsLast;
    pass.stride = count(1, 2);
    pass.row_origin = origin();
    pass.column_origin = origin();
    pass.kernel_rows = count(1, kLargestKernel);
    step.kernel_columns = count(1, kLargestKernel);
    step.added = count(0, made);
    const Activation &in = plan_.activations_[static_cast<size_t>(step.in)];
    const bool is_pointwise = pass.kernel_rows == 1 && step.kernel_columns == 1;
    // The input's pixels are not stored in blocks, which a depthwise convolution reads.
    require(!step.has_depthwise || (is_pointwise && step.in > 0), "a depthwise convolution is out of place");
    require(step.has_depthwise || !pass.rectifies_depthwise, "it rectifies what is not there");
    if (step.is_transposed) {
      require(
          is_pointwise && !step.has_depthwise && step.added == 0 && pass.stride == 1 && pass.row_origin == 0 &&
              pass.column_origin == 0 && out.rows == 2 * in.rows && out.columns == 2 * in.columns,
          "a transposed convolution is not of the kind that is known");
    } else {
      require_inside(step, in.rows, out.rows, pass.row_origin, pass.kernel_rows, in.border);
      require_inside(step, in.columns, out.columns, pass.column_origin, step.kernel_columns, in.border);
    }
    if (step.added > 0) {
      const Activation &added = plan_.activations_[static_cast<size_t>(step.added)];
      const int factor = step.adds_pooled ? 2 : 1;
      require(
          added.rows == factor * out.rows && added.columns == factor * out.columns && added.channels <= out.channels,
          "what a step adds is of another size");
    } else {
      require(!step.adds_pooled && !pass.adds_last, "a step adds what is not there");
    }
    store(out);
    plan_.steps_.push_back(step);
  }

  /// Whether all that a step reads along one axis is there, or zeros around it.
  static void require_inside(const Step &step, int in, int out, int origin, int kernel, int border) {
    const int last = step.pass.stride * (out - 1) + origin + (step.has_depthwise ? 3 : kernel);
    require(origin >= -border && last <= in + border, "a step reads beyond its input");
  }

  void read_output() {
    const char *name = reinterpret_cast<const char *>(take(kNameBytes));
    Output output{std::string(name, std::find(name, name + kNameBytes, '\0')), false, false, {}, 0};
    const auto flags = static_cast<uint32_t>(count(0, kAllOutputFlags));
    output.is_planar = flags & kPlanar;
    output.has_sigmoid = flags & kSigmoid;
    const int parts = count(1, kMostParts);
    for (int part = 0; part < parts; part++) {
      output.parts.push_back(count(1, static_cast<uint32_t>(plan_.steps_.size())));
      const Activation &shape = plan_.activations_[static_cast<size_t>(output.parts.back())];
      output.floats += static_cast<size_t>(shape.rows * shape.columns) * static_cast<size_t>(shape.channels);
    }
    require_room(output.floats);
    plan_.outputs_.push_back(std::move(output));
  }

  void place_weights(Step &step) {
    const auto in = static_cast<size_t>(plan_.activations_[static_cast<size_t>(step.in)].channels);
    const size_t out = in_blocks(plan_.activations_[static_cast<size_t>(&step - plan_.steps_.data()) + 1].channels);
    const size_t stored = step.in == 0 ? in : in_blocks(static_cast<int>(in));
    if (step.has_depthwise) {
      step.pass.depthwise_bias = floats(stored);
      step.pass.depthwise_weights = floats(9 * stored);
      step.pass.depthwise_blocks = static_cast<int>(stored) / kBlock;
    }
    step.pass.bias = floats(out);
    step.pass.out_blocks = static_cast<int>(out) / kBlock;
    // Of the last pixel only the channels that there are: the blocks may have more.
    const size_t row_floats = static_cast<size_t>(step.kernel_columns - 1) * stored + in;
    step.pass.kernel_row_floats = static_cast<int>(row_floats);
    step.weight_floats = out * static_cast<size_t>(step.pass.kernel_rows) * row_floats;
    step.pass.weights = floats((step.is_transposed ? 4 : 1) * step.weight_floats);
  }

  const float *floats(size_t count) { return reinterpret_cast<const float *>(take(count * sizeof(float))); }

  ConvolutionPlan &plan_;
  size_t count_;
  size_t at_ = 0;
  /// Of all buffers together.
  size_t floats_ = 0;
};

uint32_t ConvolutionPlan::checksum(const uint8_t *bytes, size_t count) {
  std::array<uint32_t, 256> table;
  for (uint32_t index = 0; index < table.size(); index++) {
    uint32_t value = index;
    for (int bit = 0; bit < 8; bit++) {
      value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
    }
    table[index] = value;
  }
  uint32_t sum = ~0u;
  for (size_t index = 0; index < count; index++) {
    sum = sum >> 8 ^ table[(sum ^ bytes[index]) & 0xFF];
  }
  return ~sum;
}

ConvolutionPlan::ConvolutionPlan(const uint8_t *bytes, size_t count) : content_(count / sizeof(Block) + 1) {
  require(count >= kHeadAt && std::equal(kMagic, kMagic + sizeof kMagic, bytes), "it is no plan");
  std::memcpy(content_.data(), bytes, count);
  uint32_t words[2];
  std::memcpy(words, bytes + sizeof kMagic, sizeof words);
  require(words[0] == kVersion, "it is of another version of the server");
  require(words[1] == checksum(bytes + kContentAt, count - kContentAt), "its checksum is wrong");
  Reader(*this, count).read();
}

ConvolutionPlan ConvolutionPlan::of_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (size < 0 || static_cast<size_t>(size) > kMostBytes) {
    throw BadModel(path + " cannot be read as a plan");
  }
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  file.seekg(0);
  if (!file.read(reinterpret_cast<char *>(bytes.data()), size)) {
    throw BadModel(path + " cannot be read as a plan");
  }
  try {
    return ConvolutionPlan(bytes.data(), bytes.size());
  } catch (const BadModel &error) {
    throw BadModel(path + " is not a sound plan: " + error.what());
  }
}

}  // namespace examface
