#include "recording.h"

#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <stdexcept>

std::vector<Frame> read_recording(const std::string &data_path, const std::string &index_path, size_t limit) {
  std::ifstream file(data_path, std::ios::binary);
  const Bytes data((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const cv::FileStorage index(index_path, cv::FileStorage::READ);
  if (data.empty() || !index.isOpened()) {
    throw std::runtime_error("cannot read " + data_path + " or " + index_path);
  }
  std::vector<Frame> frames;
  for (const cv::FileNode &entry : index["frames"]) {
    if (frames.size() == limit) {
      break;
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
