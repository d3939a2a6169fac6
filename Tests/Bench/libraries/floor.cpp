// What the libraries alone cost, in one thread: the frames of a recording through libvpx, libswscale, libjpeg-turbo, and
// the models of the face check in OpenCV and in the server's own detector.
//
//   floor --vp8 FILE --jpeg FILE --models FOLDER [--highest-layer 3] [--students 50] [--frames 2400] [--rounds 5]
//
// Beside FILE.vp8frames stands FILE.index.json. Students take turns, each with a decoder of its own, so that caches are
// as cold as in a server. CPU time of the thread is taken around each single call; of each operation the mean of a round,
// and of the rounds the median, goes to standard output as JSON.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "codecs.h"
#include "detector.h"
#include "recording.h"

namespace {

constexpr int kWidth = 480;
constexpr int kHeight = 360;
constexpr int kSmallWidth = 320;
constexpr int kSmallHeight = 240;
constexpr int kQuality = 70;
// The first 4.8 s: somebody sits there. At the end the swaying face is back where it began.
constexpr size_t kFaceClip = 48;
constexpr size_t kFramesPerTile = 2;
constexpr size_t kFramesPerCheck = 5;
// Twenty seconds of five pictures each, as long as the server goes without a search while nothing moves around the
// person. Not a multiple of the clip's length, so that all of its pictures are searched.
constexpr size_t kFramesPerSearch = 101;
constexpr size_t kFramesPerFocus = 7;
constexpr int kOpenCVChecks = 100;
constexpr int kOpenCVSearches = 10;

struct Options {
  std::string vp8, jpeg, models;
  int highest_layer = 3;
  size_t students = 50;
  size_t frames = 2400;
  size_t rounds = 5;
};

double cpu_milliseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

/// Adds up what each operation costs, round by round.
class Costs {
 public:
  template <typename Work>
  auto measure(const char *operation, Work work) {
    struct Addition {
      std::pair<double, size_t> &sum;
      double begin = cpu_milliseconds();
      ~Addition() {
        sum.first += cpu_milliseconds() - begin;
        sum.second++;
      }
    };
    const Addition addition{round_[operation]};
    return work();
  }

  void end_round() {
    for (const auto &[operation, sum] : round_) {
      means_[operation].push_back(sum.first / static_cast<double>(sum.second));
      calls_[operation] += sum.second;
    }
    round_.clear();
  }

  void print(const Options &options) const {
    std::printf(
        "{\n \"students\": %zu, \"frames_per_round\": %zu, \"rounds\": %zu,\n \"cpu_ms\": {", options.students,
        options.frames, options.rounds);
    const char *comma = "";
    for (const auto &[operation, means] : means_) {
      std::vector<double> sorted = means;
      std::sort(sorted.begin(), sorted.end());
      std::printf(
          "%s\n  \"%s\": {\"median\": %.5f, \"least\": %.5f, \"most\": %.5f, \"calls\": %zu}", comma, operation.c_str(),
          sorted[sorted.size() / 2], sorted.front(), sorted.back(), calls_.at(operation));
      comma = ",";
    }
    std::printf("\n }\n}\n");
  }

 private:
  std::map<std::string, std::pair<double, size_t>> round_;
  std::map<std::string, std::vector<double>> means_;
  std::map<std::string, size_t> calls_;
};

struct Student {
  VP8Decoder decoder;
  Picture small{kSmallWidth, kSmallHeight};
  size_t position;
};

std::string index_of(const std::string &path) { return path.substr(0, path.rfind('.')) + ".index.json"; }

/// Where the face is in each picture of the clip.
std::vector<examface_box> faces_of(const std::vector<Frame> &frames, Detector &detector) {
  VP8Decoder decoder;
  Scaler scaler(kWidth, kHeight, kSmallWidth, kSmallHeight);
  Picture small(kSmallWidth, kSmallHeight);
  std::vector<examface_box> boxes;
  for (const Frame &frame : frames) {
    scaler.scale(decoder.decode(frame.bytes), small);
    const auto box = detector.search(small);
    if (!box) {
      throw std::runtime_error("there is no face in a picture of the face clip");
    }
    boxes.push_back(*box);
  }
  return boxes;
}

/// One round of what students of VP8 ask of the libraries.
void run_vp8(
    const std::vector<Frame> &frames, const std::vector<examface_box> &faces,
    std::vector<std::unique_ptr<Student>> &students,
    Detector &detector, Scaler &scaler, JPEGCodec &jpeg, size_t count, size_t &turn, Costs &costs) {
  for (size_t end = turn + count; turn < end; turn++) {
    Student &student = *students[turn % students.size()];
    const size_t step = turn / students.size() + turn % students.size();
    const size_t here = student.position;
    student.position = (here + 1) % frames.size();

    const Planes picture = costs.measure("vp8_decode", [&] { return student.decoder.decode(frames[here].bytes); });
    if (picture.width != kWidth || picture.height != kHeight) {
      throw std::runtime_error("the recording has another size");
    }
    if (step % kFramesPerTile == 0 || step % kFramesPerCheck == 0 || step % kFramesPerSearch == 0) {
      costs.measure("scale", [&] { scaler.scale(picture, student.small); });
    }
    if (step % kFramesPerTile == 0) {
      costs.measure("tile_encode", [&] { return jpeg.encode(student.small.planes(), kQuality); });
    }
    if (step % kFramesPerFocus == 0) {
      costs.measure("focus_encode", [&] { return jpeg.encode(picture, kQuality); });
    }
    if (step % kFramesPerCheck == 0) {
      const examface_box &before = faces[(here + frames.size() - kFramesPerCheck) % frames.size()];
      costs.measure("tracked_check", [&] { return detector.follow(student.small, before); });
    }
    if (step % kFramesPerSearch == 0) {
      costs.measure("whole_check", [&] { return detector.search(student.small); });
    }
  }
}

/// One round of decoding `files` into a picture per student, in turn, and of encoding some of them again where `encoding`
/// is given: a picture that was a JPEG before is cheaper to encode.
void run_jpeg(
    const char *decoding, const char *encoding, const std::vector<Bytes> &files, JPEGCodec &jpeg, size_t students,
    size_t count, Costs &costs) {
  const auto [width, height] = jpeg.size(files[0]);
  std::vector<Picture> pictures(students, Picture(width, height));
  for (size_t turn = 0; turn < count; turn++) {
    const Bytes &file = files[(turn / students + turn % students) % files.size()];
    Picture &picture = pictures[turn % students];
    costs.measure(decoding, [&] { jpeg.decode(file, picture); });
    if (encoding != nullptr && turn % kFramesPerTile == 0) {
      costs.measure(encoding, [&] { return jpeg.encode(picture.planes(), kQuality); });
    }
  }
}

/// One round of the face check's models in OpenCV, at its best: one check after the other.
void run_opencv(OpenCVNetworks &inference, Costs &costs) {
  for (int check = 0; check < kOpenCVChecks; check++) {
    costs.measure("tracked_check_opencv", [&] { return inference.follow(), 0; });
  }
  for (int search = 0; search < kOpenCVSearches; search++) {
    costs.measure("whole_check_opencv", [&] { return inference.search(), 0; });
  }
}

/// The VP8 recording enlarged to 640x480: what a page that sends larger JPEG pictures would send.
std::vector<Bytes> enlarged(const std::vector<Frame> &frames, JPEGCodec &jpeg) {
  VP8Decoder decoder;
  Picture large(640, 480);
  Scaler scaler(kWidth, kHeight, large.width(), large.height());
  std::vector<Bytes> files;
  for (const Frame &frame : frames) {
    scaler.scale(decoder.decode(frame.bytes), large);
    jpeg.encode(large.planes(), kQuality);
    files.push_back(jpeg.file());
  }
  return files;
}

void run(const Options &options) {
  const std::vector<Frame> frames = read_recording(options.vp8, index_of(options.vp8), kFaceClip, options.highest_layer);
  std::vector<Bytes> uploads;
  for (const Frame &frame : read_recording(options.jpeg, index_of(options.jpeg), kFaceClip)) {
    uploads.push_back(frame.bytes);
  }
  JPEGCodec jpeg;
  Scaler scaler(kWidth, kHeight, kSmallWidth, kSmallHeight);
  Detector detector(options.models);
  OpenCVNetworks opencv(options.models);
  const std::vector<examface_box> faces = faces_of(frames, detector);
  const std::vector<Bytes> large = enlarged(frames, jpeg);

  std::vector<size_t> keys;
  for (size_t position = 0; position < frames.size(); position++) {
    if (frames[position].is_key) {
      keys.push_back(position);
    }
  }
  std::vector<std::unique_ptr<Student>> students;
  for (size_t number = 0; number < options.students; number++) {
    students.push_back(std::make_unique<Student>());
    students.back()->position = keys[number % keys.size()];
  }

  Costs warming, costs;
  size_t turn = 0;
  run_vp8(frames, faces, students, detector, scaler, jpeg, options.students * 5, turn, warming);
  run_opencv(opencv, warming);
  for (size_t round = 0; round < options.rounds; round++) {
    run_vp8(frames, faces, students, detector, scaler, jpeg, options.frames, turn, costs);
    run_jpeg("jpeg_decode_320", "jpeg_tile_encode", uploads, jpeg, options.students, options.frames, costs);
    run_jpeg("jpeg_decode_640", nullptr, large, jpeg, options.students, options.frames, costs);
    run_opencv(opencv, costs);
    costs.end_round();
  }
  costs.print(options);
}

Options parse(int count, char **values) {
  Options options;
  const auto number = [](const std::string &text) { return static_cast<size_t>(std::max(1, std::atoi(text.c_str()))); };
  for (int index = 1; index + 1 < count; index += 2) {
    const std::string name = values[index], value = values[index + 1];
    if (name == "--vp8") {
      options.vp8 = value;
    } else if (name == "--jpeg") {
      options.jpeg = value;
    } else if (name == "--models") {
      options.models = value;
    } else if (name == "--highest-layer") {
      options.highest_layer = std::atoi(value.c_str());
    } else if (name == "--students") {
      options.students = number(value);
    } else if (name == "--frames") {
      options.frames = number(value);
    } else if (name == "--rounds") {
      options.rounds = number(value);
    } else {
      throw std::runtime_error("unknown option " + name);
    }
  }
  if (options.vp8.empty() || options.jpeg.empty() || options.models.empty() || count % 2 == 0) {
    throw std::runtime_error(
        "floor --vp8 FILE --jpeg FILE --models FOLDER [--highest-layer N] [--students N] [--frames N] [--rounds N]");
  }
  return options;
}

}  // namespace

int main(int count, char **values) {
  try {
    run(parse(count, values));
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "floor: %s\n", error.what());
    return 1;
  }
}
