#include "recording.h"

#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <stdexcept>

std::vector<Frame> read_recording(
    const std::string &data_path, const std::string &index_path, size_t limit, int highest_layer) {
  std::ifstream file(data_path, std::ios::binary);
  const Bytes data((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const cv::FileStorage index(index_path, cv::FileStorage::READ);
  if (data.empty() || !index.isOpened()) {
    throw std::runtime_error("cannot read " + data_path + " or " + index_path);
  }
  std::vector<Frame> frames;
  size_t taken = 0;
  for (const cv::FileNode &entry : index["frames"]) {
    if (taken++ == limit) {
      break;
    }
    if (!entry["layer"].empty() && static_cast<int>(entry["layer"]) > highest_layer) {
      continue;
    }
    const auto offset = static_cast<size_t>(static_cast<int>(entry["off"]));
    const auto length = static_cast<size_t>(static_cast<int>(entry["len"]));
    if (offset + length > data.size()) {
      throw std::runtime_error(index_path + " names bytes that " + data_path + " does not have");
    }
    const auto first = data.begin() + static_cast<std::ptrdiff_t>(offset);
    frames.push_back({Bytes(first, first + static_cast<std::ptrdiff_t>(length)), static_cast<int>(entry["key"]) != 0});
  }
  if (frames.empty()) {
    throw std::runtime_error(index_path + " lists no frames");
  }
  return frames;
}
