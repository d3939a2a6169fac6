#pragma once

#include <cstdint>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

struct Frame {
  Bytes bytes;
  bool is_key;
};

/// Reads the first `limit` frames of a recording and the index beside it, without those of temporal layers above
/// `highest_layer`.
///
/// Throws std::runtime_error if a file is missing or the index does not fit it.
std::vector<Frame> read_recording(const std::string &data_path, const std::string &index_path, size_t limit,
    int highest_layer = 3);
